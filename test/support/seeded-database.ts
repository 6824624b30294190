import { createHash, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import type { Clock } from '../../src/lib/clock.js';
import { acquireTimeout, parsers } from '../../src/storage/pglite-open.js';
import { PGlitePool } from '../../src/storage/pglite-pool.js';
import { storageOver } from '../../src/storage/open.js';
import type { Storage } from '../../src/storage/storage.js';

const built = path.resolve(import.meta.dirname, '../..');
const root = path.resolve(built, '..');

/**
 * An embedded database in memory, migrated. Making one costs three seconds of processor time, so the first process
 * leaves a copy in node_modules/.cache, and the others begin from that: in a sabotage, some two hundred of them.
 */
export async function openSeededStorage(clock: Clock): Promise<Storage> {
  const seed = seedFile();
  if (!existsSync(seed)) await makeSeed(seed, clock);
  return over(await PGlite.create({ parsers, loadDataDir: new Blob([readFileSync(seed)]) }), clock);
}

async function makeSeed(seed: string, clock: Clock): Promise<void> {
  const database = await PGlite.create({ parsers });
  const storage = await over(database, clock);
  await storage.migrate();
  const image = await database.dumpDataDir('none');
  await storage.close();
  mkdirSync(path.dirname(seed), { recursive: true });
  const unfinished = `${seed}.${randomUUID()}`;
  writeFileSync(unfinished, Buffer.from(await image.arrayBuffer()));
  renameSync(unfinished, seed);
}

function over(database: PGlite, clock: Clock): Promise<Storage> {
  const main = new PGlitePool(database, acquireTimeout, () => Promise.resolve());
  return storageOver({ main, schema: undefined, listen: main.listen }, clock);
}

/** Another schema or another PGlite is another seed. */
function seedFile(): string {
  const hash = createHash('sha256');
  for (const folder of ['migrations', 'src/storage/entities']) {
    for (const file of readdirSync(path.join(built, folder)).sort()) {
      if (file.endsWith('.js')) hash.update(readFileSync(path.join(built, folder, file)));
    }
  }
  hash.update(readFileSync(path.join(root, 'node_modules/@electric-sql/pglite/package.json')));
  return path.join(root, 'node_modules/.cache/holdfast', `seed-${hash.digest('hex').slice(0, 16)}.tar`);
}
