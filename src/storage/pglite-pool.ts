import { EventEmitter } from 'node:events';
import { callbackify } from 'node:util';
import type { PGlite, Results } from '@electric-sql/pglite';
import type { ConnectionPool, Listen, PooledConnection, Query, QueryAnswer } from './connection.js';
import { ConnectionNotFree } from './failure.js';

type ConnectCallback = (
  error: Error | undefined,
  connection?: PooledConnection,
  release?: (error?: Error) => void,
) => void;
type QueryCallback = (error: Error | undefined, result?: DriverAnswer) => void;

interface DriverAnswer extends QueryAnswer<unknown> {
  readonly command: string;
}

interface Waiter {
  take(): void;
  refuse(error: Error): void;
}

/**
 * PGlite in the shape of pg's Pool, for TypeORM and for our own statements. PGlite is one session: whoever has
 * connect()ed holds it alone until release(), and the others wait in line, so a transaction is never mixed with
 * strangers' queries. Waiting longer than `acquireTimeout` milliseconds fails with ConnectionNotFree: a connection
 * that is never released must not hang the process for good.
 */
export class PGlitePool extends EventEmitter implements ConnectionPool {
  readonly #database: PGlite;
  readonly #acquireTimeout: number;
  readonly #afterEnd: () => Promise<void>;
  readonly #waiting: Waiter[] = [];
  #held = false;
  #ended = false;

  /** `afterEnd` runs when the database is closed. */
  constructor(database: PGlite, acquireTimeout: number, afterEnd: () => Promise<void>) {
    super();
    this.#database = database;
    this.#acquireTimeout = acquireTimeout;
    this.#afterEnd = afterEnd;
  }

  get totalCount(): number {
    return this.#ended ? 0 : 1;
  }

  get idleCount(): number {
    return this.#held || this.#ended ? 0 : 1;
  }

  get waitingCount(): number {
    return this.#waiting.length;
  }

  connect(): Promise<PooledConnection>;
  connect(callback: ConnectCallback): void;
  connect(callback?: ConnectCallback): Promise<PooledConnection> | void {
    const connected = this.#acquire().then(() => new HeldConnection(this.#database, () => this.#release()));
    if (!callback) return connected;
    callbackify(() => connected)((error, connection) =>
      callback(error ?? undefined, connection, (fault) => connection.release(fault)),
    );
  }

  async query<Row>(query: Query): Promise<QueryAnswer<Row>> {
    const connection = await this.connect();
    try {
      return await connection.query<Row>(query);
    } finally {
      connection.release();
    }
  }

  /** The session that there is hears its own notifications. It must be in nobody's transaction while it begins. */
  readonly listen: Listen = async (channel, { rung }) => {
    const unlisten = await this.#alone(() => this.#database.listen(channel, rung));
    return {
      query: (query) => this.query(query),
      close: () => this.#alone(() => unlisten()),
    };
  };

  end(): Promise<void>;
  end(callback: (error?: Error) => void): void;
  end(callback?: (error?: Error) => void): Promise<void> | void {
    const ended = this.#close();
    if (!callback) return ended;
    callbackify(() => ended)((error) => callback(error ?? undefined));
  }

  async #alone<Result>(work: () => Promise<Result>): Promise<Result> {
    await this.#acquire();
    try {
      return await work();
    } finally {
      this.#release();
    }
  }

  async #close(): Promise<void> {
    if (this.#ended) return;
    await this.#acquire();
    this.#ended = true;
    for (const waiter of this.#waiting.splice(0)) waiter.refuse(closed());
    await this.#database.close();
    await this.#afterEnd();
  }

  #acquire(): Promise<void> {
    if (this.#ended) return Promise.reject(closed());
    if (!this.#held) {
      this.#held = true;
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      const waiter: Waiter = {
        take: () => {
          clearTimeout(timer);
          resolve();
        },
        refuse: (error) => {
          clearTimeout(timer);
          reject(error);
        },
      };
      const timer = setTimeout(() => {
        this.#waiting.splice(this.#waiting.indexOf(waiter), 1);
        reject(new ConnectionNotFree(`the embedded database was not free within ${this.#acquireTimeout} ms`));
      }, this.#acquireTimeout);
      this.#waiting.push(waiter);
    });
  }

  #release(): void {
    const next = this.#waiting.shift();
    if (next) next.take();
    else this.#held = false;
  }
}

/** PGlite for as long as one caller holds it. */
class HeldConnection extends EventEmitter implements PooledConnection {
  readonly #database: PGlite;
  readonly #giveBack: () => void;
  #released = false;

  constructor(database: PGlite, giveBack: () => void) {
    super();
    this.#database = database;
    this.#giveBack = giveBack;
  }

  query<Row>(query: Query | string, values?: unknown[]): Promise<QueryAnswer<Row>>;
  query(query: Query | string, callback: QueryCallback): void;
  query<Row>(query: Query | string, values?: unknown[] | QueryCallback): Promise<QueryAnswer<Row>> | void {
    const text = typeof query === 'string' ? query : query.text;
    if (typeof values !== 'function') {
      const parameters = values ?? (typeof query === 'string' ? undefined : query.values);
      return this.#run(text, parameters) as Promise<QueryAnswer<Row>>;
    }
    callbackify(() => this.#run(text, undefined))((error, answer) => values(error ?? undefined, answer));
  }

  release(_error?: Error): void {
    if (this.#released) return;
    this.#released = true;
    this.#giveBack();
  }

  async #run(text: string, values: unknown[] | undefined): Promise<DriverAnswer> {
    if (this.#released) throw new ConnectionNotFree('the connection was given back already');
    if (values && values.length > 0) return answerOf(text, await this.#database.query<unknown>(text, values));
    // As pg: without parameters it is the simple protocol, which takes several statements at once.
    const results = await this.#database.exec(text);
    return answerOf(text, results.at(-1));
  }
}

function answerOf(text: string, results: Results<unknown> | undefined): DriverAnswer {
  const rows = results?.rows ?? [];
  const command = /^\s*(\w+)/.exec(text)?.[1]?.toUpperCase() ?? '';
  return { command, rows, rowCount: rows.length > 0 ? rows.length : (results?.affectedRows ?? 0) };
}

function closed(): Error {
  return new ConnectionNotFree('the embedded database is closed');
}
