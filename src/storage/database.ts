import { AsyncLocalStorage } from 'node:async_hooks';
import type { DataSource, EntityManager, QueryRunner } from 'typeorm';
import type { Transaction } from '../lib/transaction.js';
import type { AskText, Connection, ConnectionPool, QueryAnswer, Statement } from './connection.js';
import { asStorageError } from './failure.js';
import { noText } from './text-query.js';

interface OpenTransaction {
  readonly runner: QueryRunner;
  readonly connection: Connection;
  /** What to do once it is committed. */
  readonly afterwards: (() => void)[];
  /** False once it is over; whatever still runs in its async context is on its own then. */
  open: boolean;
  /** The first failure inside: a transaction with one is never committed, even if somebody caught it. */
  failure: { readonly error: unknown } | undefined;
}

/**
 * The database as stores see it: fixed statements through the pool, TypeORM's manager for the rest, both inside the
 * open transaction when there is one (it travels in AsyncLocalStorage).
 */
export class Database implements Transaction {
  readonly pool: ConnectionPool;
  readonly #dataSource: DataSource;
  readonly #askText: AskText | undefined;
  readonly #current = new AsyncLocalStorage<OpenTransaction>();

  /** @param askText a cheaper way than `pool.query` to what `text` asks for */
  constructor(pool: ConnectionPool, dataSource: DataSource, askText?: AskText) {
    this.pool = pool;
    this.#dataSource = dataSource;
    this.#askText = askText;
  }

  /** Runs fixed SQL. Throws DatabaseUnavailable. */
  query<Row>(statement: Statement, values: unknown[]): Promise<QueryAnswer<Row>> {
    return this.#attempt((transaction) =>
      (transaction?.connection ?? this.pool).query<Row>({ ...statement, values }),
    );
  }

  /**
   * Runs fixed SQL whose answer is one row with one text, beside every transaction: what joins the questions of many is
   * part of nobody's. Throws DatabaseUnavailable.
   */
  async text(statement: Statement, values: readonly string[]): Promise<string> {
    try {
      if (this.#askText) return await this.#askText(statement, values);
      const { rows } = await this.pool.query<Record<string, string>>({ ...statement, values: [...values] });
      const [text] = Object.values(rows[0] ?? {});
      if (typeof text !== 'string') throw noText(statement);
      return text;
    } catch (error) {
      throw asStorageError(error);
    }
  }

  /** Runs `work` with TypeORM's manager. Throws DatabaseUnavailable. */
  entities<Result>(work: (manager: EntityManager) => Promise<Result>): Promise<Result> {
    return this.#attempt((transaction) => work((transaction?.runner ?? this.#dataSource).manager));
  }

  get inTransaction(): boolean {
    return this.#open() !== undefined;
  }

  async run<Result>(work: () => Promise<Result>): Promise<Result> {
    const outer = this.#open();
    if (outer) return failing(outer, work);
    const transaction = await this.#begin();
    try {
      const result = await this.#current.run(transaction, work);
      if (transaction.failure) throw transaction.failure.error;
      await storageErrors(() => transaction.runner.commitTransaction());
      await this.#finish(transaction);
      for (const each of transaction.afterwards) each();
      return result;
    } catch (error) {
      await this.#rollBack(transaction);
      throw error;
    }
  }

  /** Calls `work` once the open transaction is committed, never if it is rolled back; at once where there is none. */
  afterCommit(work: () => void): void {
    const transaction = this.#open();
    if (transaction) transaction.afterwards.push(work);
    else work();
  }

  #open(): OpenTransaction | undefined {
    const transaction = this.#current.getStore();
    return transaction?.open ? transaction : undefined;
  }

  #attempt<Result>(work: (transaction: OpenTransaction | undefined) => Promise<Result>): Promise<Result> {
    const transaction = this.#open();
    const attempt = () => storageErrors(() => work(transaction));
    return transaction ? failing(transaction, attempt) : attempt();
  }

  async #begin(): Promise<OpenTransaction> {
    const runner = this.#dataSource.createQueryRunner();
    try {
      return await storageErrors(async () => {
        const connection = (await runner.connect()) as Connection;
        await runner.startTransaction();
        return { runner, connection, afterwards: [], open: true, failure: undefined };
      });
    } catch (error) {
      await discard(runner, error);
      throw error;
    }
  }

  async #finish(transaction: OpenTransaction): Promise<void> {
    transaction.open = false;
    await transaction.runner.release();
  }

  async #rollBack(transaction: OpenTransaction): Promise<void> {
    transaction.open = false;
    if (transaction.runner.isReleased) return;
    try {
      await transaction.runner.rollbackTransaction();
      await transaction.runner.release();
    } catch (error) {
      // The connection is lost, and with it the transaction: the pool must not hand it out again.
      await discard(transaction.runner, error);
    }
  }
}

async function failing<Result>(transaction: OpenTransaction, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    transaction.failure ??= { error };
    throw error;
  }
}

async function storageErrors<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw asStorageError(error);
  }
}

/** Closes the runner's connection instead of giving it back. */
async function discard(runner: QueryRunner, error: unknown): Promise<void> {
  const release: unknown = Reflect.get(runner, 'releasePostgresConnection');
  if (typeof release === 'function') await Reflect.apply(release, runner, [error]);
  else await runner.release();
}
