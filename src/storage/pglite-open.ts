import { chmod, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { lockFolder } from './folder-lock.js';
import { PGlitePool } from './pglite-pool.js';

export const acquireTimeout = 10_000;

/** OIDs of the types that PGlite reads otherwise than pg does: bytea, int8, numeric. */
export const parsers = {
  17: (value: string) => Buffer.from(value.slice(2), 'hex'),
  20: (value: string) => value,
  1700: (value: string) => value,
};

/**
 * Opens the embedded database in `dataFolder`, or in memory when no folder is given.
 * Throws DataFolderLocked when another process has it open: PGlite itself has no lock, and two processes in one
 * folder destroy each other's rows.
 */
export async function openPGlitePool(dataFolder: string | undefined): Promise<PGlitePool> {
  const { PGlite } = await import('@electric-sql/pglite');
  if (dataFolder === undefined) {
    return new PGlitePool(await PGlite.create({ parsers }), acquireTimeout, async () => {});
  }
  const folder = path.resolve(dataFolder);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const unlock = await lockFolder(folder);
  try {
    // PGlite makes it readable for everybody, and PostgreSQL's own server would refuse such a folder.
    await chmod(folder, 0o700);
    const database = await PGlite.create({ dataDir: folder, parsers });
    return new PGlitePool(database, acquireTimeout, unlock);
  } catch (error) {
    await unlock();
    throw error;
  }
}
