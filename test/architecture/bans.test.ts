import assert from 'node:assert/strict';
import { banViolations, commentViolations } from '../support/architecture/bans.js';
import { sourceFiles } from '../support/architecture/repository.js';
import { parseSource } from '../support/architecture/source-file.js';

const violations = (filePath: string, text: string): string[] => banViolations(parseSource(filePath, text));

describe('hidden inputs', () => {
  it('are used nowhere in src outside their homes', () => {
    assert.deepEqual([...sourceFiles('src').values()].flatMap(banViolations), []);
  });

  it('of every way to write them are seen', () => {
    const ways = [
      'Date.now()',
      "Date['now']()",
      'globalThis.Date.now()',
      'const { now } = Date;',
      'new Date()',
      'new Date',
      'Date()',
      'Math.random()',
      'const { random } = Math;',
      'process.env.HOME',
      "process['env']",
      'const { env } = process;',
      "import { env } from 'node:process';",
    ];
    for (const way of ways) assert.equal(violations('src/usage/x.ts', way).length, 1, way);
  });

  it('are let be where they are no hidden input', () => {
    for (const text of ['new Date(0)', 'Date.parse(x)', 'Math.max(1, 2)', 'clock.now()', 'process.pid']) {
      assert.deepEqual(violations('src/usage/x.ts', text), [], text);
    }
  });

  it('are allowed at home', () => {
    assert.deepEqual(violations('src/lib/clock.ts', 'Date.now()'), []);
    assert.deepEqual(violations('src/config/load.ts', 'process.env'), []);
    assert.equal(violations('src/lib/clock.ts', 'Math.random()').length, 1);
  });
});

describe('put-off duties and switched-off checks', () => {
  it('are in no file', () => {
    const files = sourceFiles('src', 'migrations', 'test', 'bench', 'examples', 'tools');
    assert.deepEqual([...files.values()].flatMap(commentViolations), []);
  });

  it('are seen', () => {
    assert.equal(commentViolations(parseSource('src/lib/x.ts', `// ${'TO' + 'DO'}: later`)).length, 1);
    assert.equal(commentViolations(parseSource('src/lib/x.ts', `// ${'@ts-' + 'ignore'}`)).length, 1);
  });
});
