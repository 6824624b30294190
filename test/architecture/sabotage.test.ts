import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
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

  it('name every attack test, so that each is known to be able to fail', async () => {
    const tool = pathToFileURL(path.join(root, 'tools/sabotage/unguarded.mjs')).href;
    const { unguarded } = (await import(tool)) as { unguarded: (root: string) => string[] };
    assert.deepEqual(unguarded(root), []);
  });
});
