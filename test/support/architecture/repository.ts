import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { readSource, type SourceFile } from './source-file.js';

/** The repository's root, seen from `dist/test/support/architecture/`. */
export const root = path.resolve(import.meta.dirname, '../../../..');

/** Every TypeScript file under the folders given, sorted, by its path from the root. */
export function sourceFiles(...folders: string[]): Map<string, SourceFile> {
  const paths = folders
    .filter((folder) => existsSync(path.join(root, folder)))
    .flatMap((folder) =>
      readdirSync(path.join(root, folder), { recursive: true })
        .map((file) => path.posix.join(folder, String(file).replaceAll(path.sep, '/')))
        .filter((file) => /\.tsx?$/.test(file)),
    );
  return new Map(paths.sort().map((file) => [file, readSource(root, file)]));
}

/** The names under `dependencies` of package.json. */
export function runtimePackages(): string[] {
  const text = readFileSync(path.join(root, 'package.json'), 'utf8');
  return Object.keys((JSON.parse(text) as { dependencies: Record<string, string> }).dependencies);
}
