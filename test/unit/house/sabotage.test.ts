import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const repository = path.resolve(import.meta.dirname, '../../../..');

const guard = `export function isAllowed(key: string): boolean {
  if (key === 'stolen') return false;
  return true;
}
`;

const attack = `import assert from 'node:assert/strict';
import { isAllowed } from '../../src/guard.js';

describe('a stolen key', () => {
  it('is refused', () => assert.equal(isAllowed('stolen'), false));
  it('is refused, and no error is thrown', () => {
    if (isAllowed('stolen')) throw new TypeError('not an assertion');
  });
  it('does not keep the own key out', () => assert.equal(isAllowed('own'), true));
});
`;

const header = (grep: string): string =>
  `# tests: test/attacks/guard.test.ts\n# grep: ${grep}\n# Lets the stolen key in.\n`;

const diff = (
  replacement: string,
  line = `  if (key === 'stolen') return false;`,
): string => `--- a/src/guard.ts
+++ b/src/guard.ts
@@ -1,4 +1,4 @@
 export function isAllowed(key: string): boolean {
-${line}
+${replacement}
   return true;
 }
`;

const takenOut = `  if (key === '') return false;`;

/** Runs the real runner on a repository of one guard and one attack, with these patches. */
function runSabotage(patches: Record<string, string>): { status: number | null; output: string } {
  const root = mkdtempSync(path.join(os.tmpdir(), 'holdfast-fixture-'));
  const write = (file: string, text: string): void => {
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    writeFileSync(path.join(root, file), text);
  };
  try {
    const compilerOptions = {
      module: 'NodeNext',
      target: 'ES2023',
      strict: true,
      outDir: 'dist',
      rootDir: '.',
      types: ['node', 'mocha'],
    };
    write('tsconfig.json', JSON.stringify({ compilerOptions, include: ['src', 'test'] }));
    write('package.json', JSON.stringify({ type: 'module' }));
    write('src/guard.ts', guard);
    write('test/attacks/guard.test.ts', attack);
    for (const [name, text] of Object.entries(patches)) write(`test/sabotage/${name}.patch`, text);
    symlinkSync(path.join(repository, 'node_modules'), path.join(root, 'node_modules'));
    const tsc = path.join(repository, 'node_modules/typescript/bin/tsc');
    spawnSync(process.execPath, [tsc, '-p', root]);
    const tool = path.join(repository, 'tools/sabotage.mjs');
    const run = spawnSync(process.execPath, [tool, `--root=${root}`, '--workers=1'], { encoding: 'utf8' });
    return { status: run.status, output: run.stdout + run.stderr };
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

describe('the sabotage runner', function () {
  this.timeout(60_000);

  it('is content where the named test fails without its guard', () => {
    const { status, output } = runSabotage({ good: header('key is refused$') + diff(takenOut) });
    assert.match(output, /✓ good: its tests noticed/);
    assert.match(output, /\n1 passed, 0 failed\n$/);
    assert.equal(status, 0);
  });

  it('finds fault with every sabotage that shows nothing', () => {
    const { status, output } = runSabotage({
      'compile-error': header('is refused$') + diff(`  if (key === ) return 'no';`),
      crash: header('is refused$') + diff(`  process.exit(3);`),
      'error-instead': header('no error is thrown') + diff(takenOut),
      'half-noticed': header('a stolen key') + diff(takenOut),
      'no-grep': header('x').replace('# grep: x\n', '') + diff(takenOut),
      'no-such-test': header('something else') + diff(takenOut),
      'no-such-file': header('x').replace('guard.test', 'absent.test') + diff(takenOut),
      'other-file':
        header('is refused$') + diff(takenOut).replaceAll('src/guard.ts', 'test/attacks/guard.test.ts'),
      stale: header('is refused$') + diff(takenOut, `  if (key === 'gone') return false;`),
      unnoticed: header('is refused$') + diff(`  if (key.startsWith('stolen')) return false;`),
    });
    const expected = {
      'compile-error': 'does not compile',
      crash: 'the harness crashed',
      'error-instead': 'not by an assertion',
      'half-noticed': 'nobody noticed: "a stolen key does not keep the own key out" passed',
      'no-grep': 'has no line "# grep',
      'no-such-test': 'no test has a title',
      'no-such-file': 'there is no such file',
      'other-file': 'only touches src',
      stale: 'does not apply',
      unnoticed: 'nobody noticed: "a stolen key is refused" passed',
    };
    for (const [name, reason] of Object.entries(expected)) {
      assert.ok(output.includes(`✗ ${name}: `) && output.includes(reason), `${name}: ${reason}\n${output}`);
    }
    assert.match(output, /\n0 passed, 10 failed\n$/);
    assert.equal(status, 1);
  });

  it('finds fault with an attack that no patch names', () => {
    const { status, output } = runSabotage({});
    assert.match(output, /✗ test\/attacks\/guard\.test\.ts: no patch/);
    assert.equal(status, 1);
  });
});
