import { openPools, storageOver, type Pools } from '../../src/storage/open.js';
import type { Storage } from '../../src/storage/storage.js';
import type { DatabaseKind } from './databases.js';
import { manualClock, type ManualClock } from './manual-clock.js';
import { createDatabase } from './postgres.js';

/** An open storage and what a test may do behind its back. */
export interface TestDatabase {
  readonly kind: DatabaseKind;
  readonly storage: Storage;
  readonly clock: ManualClock;
  readonly pools: Pools;
  /** Undefined for PGlite. */
  readonly url: string | undefined;
  /** Runs SQL outside the ports. */
  sql<Row>(text: string, values?: unknown[]): Promise<Row[]>;
}

/** A new storage, not migrated: on PGlite in memory, or on a new database of the real server. */
export async function newStorage(kind: DatabaseKind, poolSize?: number): Promise<TestDatabase> {
  return storageAt(kind, kind === 'PGlite' ? undefined : await createDatabase(), manualClock(), poolSize);
}

export async function migratedStorage(kind: DatabaseKind): Promise<TestDatabase> {
  const database = await newStorage(kind);
  await database.storage.migrate();
  return database;
}

/** Another node on the same database. */
export function anotherNode(database: TestDatabase): Promise<TestDatabase> {
  if (database.url === undefined) throw new Error('PGlite has one node');
  return storageAt(database.kind, database.url, database.clock);
}

/** A storage on the PostgreSQL database at `url`, not migrated. */
export function storageOnUrl(url: string): Promise<TestDatabase> {
  return storageAt('PostgreSQL', url, manualClock());
}

async function storageAt(
  kind: DatabaseKind,
  url: string | undefined,
  clock: ManualClock,
  poolSize?: number,
): Promise<TestDatabase> {
  const options = { databaseUrl: url, dataFolder: undefined, clock };
  const pools = await openPools(poolSize === undefined ? options : { ...options, poolSize });
  const storage = await storageOver(pools, clock);
  return {
    kind,
    storage,
    clock,
    pools,
    url,
    async sql<Row>(text: string, values: unknown[] = []) {
      return (await pools.main.query<Row>({ text, values })).rows;
    },
  };
}
