/** Seconds after which a client that got a 503 may try again: it is told in Retry-After. */
export const retryAfterUnavailable = 2;

/** The database can't be reached. Thrown by every store; the edge answers 503 with Retry-After. */
export class DatabaseUnavailable extends Error {
  constructor(cause: unknown) {
    super('the database does not answer', { cause });
    this.name = 'DatabaseUnavailable';
  }
}

/** What waits for the database's next statement is as much as may wait: the caller is told at once instead of later. */
export class BatchFull extends Error {
  /** The setting that says how many may wait; undefined: none does. */
  readonly limit: string | undefined;

  constructor(waiting: number, limit?: string) {
    super(`${waiting} questions wait for the database already`);
    this.limit = limit;
    this.name = 'BatchFull';
  }
}
