// Attack tests that no sabotage shows to be able to fail.
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { readPatches } from './patch.mjs';

/** Their files, from `root` on. */
export function unguarded(root) {
  const folder = path.join(root, 'test/attacks');
  const named = new Set(readPatches(path.join(root, 'test/sabotage')).flatMap(({ tests }) => tests));
  const files = existsSync(folder) ? readdirSync(folder, { recursive: true }) : [];
  return files
    .filter((file) => /\.test\.tsx?$/.test(file))
    .map((file) => path.posix.join('test/attacks', file))
    .filter((file) => !named.has(file));
}
