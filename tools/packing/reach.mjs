// What compiled files import, and what that imports: code and types.
import { readFileSync } from 'node:fs';
import path from 'node:path';

const imported = /(?:\bfrom\s*|\bimport\s*\(?\s*)['"]([^'"]+)['"]/g;

/** The files of ours that `entries` reach, by their paths from `root`, and the packages, sorted. */
export function reach(root, entries) {
  const files = new Set();
  const packages = new Set();
  const queue = entries.map((entry) => path.posix.normalize(entry));
  for (let file = queue.shift(); file !== undefined; file = queue.shift()) {
    if (files.has(file)) continue;
    files.add(file);
    const text = readFileSync(path.join(root, file), 'utf8').replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
    for (const [, name] of text.matchAll(imported)) {
      if (name.startsWith('.')) queue.push(targetOf(file, name));
      else if (!name.startsWith('node:'))
        packages.add(
          name
            .split('/')
            .slice(0, name.startsWith('@') ? 2 : 1)
            .join('/'),
        );
    }
  }
  const byName = (one, other) => one.localeCompare(other, 'en');
  return { files: [...files].sort(byName), packages: [...packages].sort(byName) };
}

/** Types import types: `./x.js` in a declaration means `./x.d.ts`. */
function targetOf(file, name) {
  const target = path.posix.join(path.posix.dirname(file), name);
  return file.endsWith('.d.ts') ? target.replace(/\.js$/, '.d.ts') : target;
}
