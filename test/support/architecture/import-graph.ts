import { packageName, resolveLocal } from './import-rules.js';
import type { SourceFile } from './source-file.js';

/** Every package that is reached from the files of a folder, through all that they import, types too. */
export function packagesReached(folder: string, files: ReadonlyMap<string, SourceFile>): Set<string> {
  const queue = [...files.keys()].filter((file) => file.startsWith(`${folder}/`));
  const seen = new Set(queue);
  const packages = new Set<string>();
  for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
    for (const { specifier } of files.get(file)?.imports ?? []) {
      if (specifier === undefined || specifier.startsWith('node:')) continue;
      if (!specifier.startsWith('.')) {
        packages.add(packageName(specifier));
        continue;
      }
      const target = locate(resolveLocal(file, specifier), files);
      if (!seen.has(target)) queue.push(target);
      seen.add(target);
    }
  }
  return packages;
}

function locate(target: string, files: ReadonlyMap<string, SourceFile>): string {
  for (const candidate of [target, target.replace(/\.ts$/, '.tsx')])
    if (files.has(candidate)) return candidate;
  throw new Error(`${target} is imported, but there is no such file`);
}
