import { epochSeconds, type Clock } from '../lib/clock.js';
import { codeOf } from '../lib/error-code.js';
import { statement, type Connection, type ConnectionPool } from './connection.js';
import type { Database } from './database.js';
import { asStorageError, driverError } from './failure.js';
import { bucketAt, partitionedTables, type PartitionedTable } from './partitioned-tables.js';

const makePartition = statement('partition_make', 'SELECT make_partition($1, $2)');

/** Key of the advisory lock under which one node at a time drops partitions. */
const dropLock = 'pg_try_advisory_lock(7181, 0)';

/**
 * Makes partitions before rows need them and drops those that no row can need.
 * `schemaPool` has connections of its own where there are any to have: making a partition must neither wait for a
 * caller that waits for the partition, nor vanish with that caller's transaction.
 */
export class Partitions {
  readonly #database: Database;
  readonly #schemaPool: ConnectionPool | undefined;
  readonly #clock: Clock;
  readonly #made = new Map<string, Promise<void>>();

  constructor(database: Database, schemaPool: ConnectionPool | undefined, clock: Clock) {
    this.#database = database;
    this.#schemaPool = schemaPool;
    this.#clock = clock;
  }

  /** Resolves when `table` has a partition for `bucket`. */
  async ensure(table: PartitionedTable, bucket: number): Promise<void> {
    const key = `${table.name}_p${bucket}`;
    const made = this.#made.get(key);
    if (made) return made;
    // Embedded there is one connection: a partition made in an open transaction may yet be rolled back.
    if (!this.#schemaPool && this.#database.inTransaction) return this.#make(table, bucket);
    const making = this.#make(table, bucket);
    this.#made.set(key, making);
    try {
      await making;
    } catch (error) {
      this.#made.delete(key);
      throw error;
    }
  }

  /**
   * Runs `insert` into `bucket`. When the partition has meanwhile been dropped by another node, makes it again and
   * inserts once more (not inside a transaction, which the failure has ended).
   */
  async inserting<Result>(
    table: PartitionedTable,
    bucket: number,
    insert: () => Promise<Result>,
  ): Promise<Result> {
    await this.ensure(table, bucket);
    try {
      return await insert();
    } catch (error) {
      if (codeOf(driverError(error)) !== noPartition) throw error;
      this.#made.delete(`${table.name}_p${bucket}`);
      if (this.#database.inTransaction) throw error;
      await this.ensure(table, bucket);
      return insert();
    }
  }

  async maintain(): Promise<void> {
    const now = epochSeconds(this.#clock);
    for (const table of partitionedTables) {
      const current = bucketAt(table, now);
      for (let bucket = current; bucket <= current + table.ahead; bucket += 1)
        await this.ensure(table, bucket);
    }
    const pool = this.#schemaPool ?? this.#database.pool;
    try {
      await this.#dropOld(pool, now);
    } catch (error) {
      throw asStorageError(error);
    }
  }

  async #make(table: PartitionedTable, bucket: number): Promise<void> {
    const values = [table.name, bucket];
    if (!this.#schemaPool) {
      await this.#database.query(makePartition, values);
      return;
    }
    try {
      await this.#schemaPool.query({ ...makePartition, values });
    } catch (error) {
      throw asStorageError(error);
    }
  }

  async #dropOld(pool: ConnectionPool, now: number): Promise<void> {
    const connection = await pool.connect();
    try {
      const locked = await connection.query<{ locked: boolean }>({ text: `SELECT ${dropLock} AS locked` });
      if (!locked.rows[0]?.locked) return;
      try {
        // Detaching waits for whoever has touched the table; a stuck one must not keep new partitions waiting too.
        await connection.query({ text: "SET lock_timeout = '5s'" });
        for (const table of partitionedTables) {
          await this.#dropBefore(connection, table, bucketAt(table, now) - table.kept);
        }
      } finally {
        await connection.query({ text: 'RESET lock_timeout; SELECT pg_advisory_unlock(7181, 0)' });
      }
    } finally {
      connection.release();
    }
  }

  /** Detaching concurrently lets readers and writers of the other partitions go on. */
  async #dropBefore(connection: Connection, table: PartitionedTable, oldest: number): Promise<void> {
    const { rows } = await connection.query<PartitionRow>({ text: listPartitions, values: [table.name] });
    for (const partition of rows) {
      if (Number(partition.bucket) >= oldest) continue;
      if (partition.detaching !== null) {
        const how = partition.detaching ? 'FINALIZE' : 'CONCURRENTLY';
        await connection.query({
          text: `ALTER TABLE ${table.name} DETACH PARTITION "${partition.name}" ${how}`,
        });
      }
      await connection.query({ text: `DROP TABLE "${partition.name}"` });
      this.#made.delete(partition.name);
    }
  }
}

/** check_violation: how PostgreSQL says that no partition takes the row. */
const noPartition = '23514';

interface PartitionRow {
  name: string;
  bucket: string;
  /** Null: detached already. True: a detaching that was broken off. */
  detaching: boolean | null;
}

const listPartitions = `
SELECT c.relname AS name, substring(c.relname FROM '_p([0-9]+)$') AS bucket, i.inhdetachpending AS detaching
FROM pg_class c LEFT JOIN pg_inherits i ON i.inhrelid = c.oid
WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace
  AND c.relname ~ ('^' || $1 || '_p[0-9]+$')
ORDER BY c.relname`;
