import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { entities } from '../../../src/storage/entities/index.js';

const document = readFileSync(path.resolve(import.meta.dirname, '../../../../docs/STORAGE.md'), 'utf8');

describe('docs/STORAGE.md', () => {
  const sections = new Map(
    document
      .split(/^### /m)
      .slice(1)
      .map((section): [string, string] => [/^`(\w+)`/.exec(section)?.[1] ?? '', section]),
  );

  for (const { options } of entities) {
    it(`tells what each column of ${options.name} holds`, () => {
      const section = sections.get(options.name) ?? '';
      const missing = Object.keys(options.columns).filter((column) => !section.includes(`\`${column}\``));
      assert.deepEqual(missing, []);
    });
  }
});
