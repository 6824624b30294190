import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { root } from '../support/architecture/repository.js';

const folder = path.join(root, 'test/sabotage');

/*
 * `npm run sabotage` says so too, but only after minutes: whoever moves a guard is told here, at once, to move its
 * patch along.
 */
describe('the sabotage patches', () => {
  it('all apply to the tree as it is', () => {
    const patches = readdirSync(folder).filter((file) => file.endsWith('.patch'));
    assert.ok(patches.length > 0, 'there are patches');
    const complaints = patches.flatMap((file) => {
      const options = ['apply', '--check', '-C1', '--whitespace=nowarn', path.join(folder, file)];
      const { status, stderr } = spawnSync('git', options, { cwd: root, encoding: 'utf8' });
      return status === 0 ? [] : [`${file}: ${stderr.trim()}`];
    });
    assert.deepEqual(complaints, []);
  });

  it('name every attack test, so that each is known to be able to fail', () => {
    const named = readdirSync(folder).map(
      (file) => readFileSync(path.join(folder, file), 'utf8').split('\n', 1)[0],
    );
    const attacks = readdirSync(path.join(root, 'test/attacks')).filter((file) => /\.test\.tsx?$/.test(file));
    assert.ok(attacks.length > 0, 'there are attack tests');
    const unnamed = attacks.filter((file) => !named.some((line) => line?.includes(`test/attacks/${file}`)));
    assert.deepEqual(unnamed, []);
  });
});
