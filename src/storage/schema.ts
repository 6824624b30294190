import { MigrationExecutor, type DataSource } from 'typeorm';
import type { ConnectionPool } from './connection.js';
import { createDataSource } from './data-source.js';
import { asStorageError } from './failure.js';

/** Names of the migrations that have not run. */
export async function pendingMigrations(dataSource: DataSource): Promise<string[]> {
  try {
    const pending = await new MigrationExecutor(dataSource).getPendingMigrations();
    return pending.map((migration) => migration.name);
  } catch (error) {
    throw asStorageError(error);
  }
}

/**
 * Runs what is pending, each in a transaction of its own; returns the names. `schemaPool`: where several nodes may
 * migrate at once, a pool of two connections without time limits: one migrates, one holds the lock that lets only
 * one node.
 */
export async function migrate(
  dataSource: DataSource,
  schemaPool: ConnectionPool | undefined,
): Promise<string[]> {
  try {
    if (!schemaPool) return await run(dataSource);
    const connection = await schemaPool.connect();
    try {
      await connection.query({ text: 'SELECT pg_advisory_lock(7183, 0)' });
      return await run(await createDataSource(schemaPool).initialize());
    } finally {
      // Closing the session gives the lock back, whatever state it is in.
      connection.release(new Error('the lock ends with its session'));
    }
  } catch (error) {
    throw asStorageError(error);
  }
}

async function run(dataSource: DataSource): Promise<string[]> {
  const migrations = await dataSource.runMigrations({ transaction: 'each' });
  return migrations.map((migration) => migration.name);
}
