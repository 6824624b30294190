import assert from 'node:assert/strict';
import { packagesReached } from '../support/architecture/import-graph.js';
import { sourceFiles } from '../support/architecture/repository.js';
import { parseSource, type SourceFile } from '../support/architecture/source-file.js';

describe('what a resource server or a client app installs', () => {
  for (const [area, allowed] of Object.entries({
    gateway: ['jose', 'undici'],
    client: ['jose', 'undici'],
    dbsc: ['jose'],
  })) {
    it(`src/${area} reaches only ${allowed.join(' and ')}`, () => {
      const files = sourceFiles('src');
      assert.ok(
        [...files.keys()].some((file) => file.startsWith(`src/${area}/`)),
        `src/${area} is empty`,
      );
      const foreign = [...packagesReached(`src/${area}`, files)].filter((name) => !allowed.includes(name));
      assert.deepEqual(foreign, []);
    });
  }

  it('is followed through what it imports', () => {
    const files = new Map<string, SourceFile>(
      [
        parseSource('src/gateway/x.ts', `import { y } from '../proof/y.js';`),
        parseSource('src/proof/y.ts', `import type { Z } from '../lib/z.js';`),
        parseSource('src/lib/z.tsx', `import 'pino';`),
      ].map((file) => [file.path, file]),
    );
    assert.deepEqual([...packagesReached('src/gateway', files)], ['pino']);
  });
});
