/** What a query answers; the part of pg's result that storage uses. */
export interface QueryAnswer<Row> {
  readonly rows: Row[];
  readonly rowCount: number | null;
}

/** A query as pg takes it. A named one is prepared once per connection. */
export interface Query {
  readonly name?: string;
  readonly text: string;
  readonly values?: unknown[];
}

/** One session of the database, held by one caller. */
export interface Connection {
  query<Row>(query: Query): Promise<QueryAnswer<Row>>;
}

export interface PooledConnection extends Connection {
  /** Gives it back; with an error it is closed instead. */
  release(error?: Error): void;
}

/** The part of pg's Pool that storage uses; the embedded database offers the same. */
export interface ConnectionPool extends Connection {
  /** Connections that are open, of these unused, and callers that wait for one. */
  readonly totalCount: number;
  readonly idleCount: number;
  readonly waitingCount: number;
  connect(): Promise<PooledConnection>;
  end(): Promise<void>;
}

/** A session beside the pool that hears what is notified on one channel. */
export interface ListeningConnection extends Connection {
  /** Never waits for a server that is away. */
  close(): Promise<void>;
}

/** `rung` with each notification; `lost` once the session is gone. */
export type Listen = (
  channel: string,
  hear: { readonly rung: () => void; readonly lost: (error: unknown) => void },
) => Promise<ListeningConnection>;

/** Fixed SQL under a name, so that the server parses and plans it once per connection. */
export interface Statement {
  readonly name: string;
  readonly text: string;
}

/** Runs a statement whose answer is one row with one text. Rejects as `query` does. */
export type AskText = (statement: Statement, values: readonly string[]) => Promise<string>;

const names = new Set<string>();

/** Names a statement. Two texts under one name would be a wrong answer in production, so that throws. */
export function statement(name: string, text: string): Statement {
  if (names.has(name)) throw new Error(`two statements are named ${name}`);
  names.add(name);
  return { name, text };
}
