import { MigrationExecutor, type DataSource } from 'typeorm';
import type { ConnectionPool } from './connection.js';
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
 * Runs what is pending, each in a transaction of its own; returns the names. `lockPool`: where several nodes may
 * migrate at once, the pool whose connection holds the lock that lets one of them.
 */
export async function migrate(
  dataSource: DataSource,
  lockPool: ConnectionPool | undefined,
): Promise<string[]> {
  try {
    if (!lockPool) return await run(dataSource);
    const connection = await lockPool.connect();
    try {
      await connection.query({ text: 'SELECT pg_advisory_lock(7183, 0)' });
      return await run(dataSource);
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
