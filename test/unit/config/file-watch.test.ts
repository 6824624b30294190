import assert from 'node:assert/strict';
import { mkdtempSync, renameSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { watchFile, type FileWatch } from '../../../src/config/file-watch.js';

describe('the watch over a file', () => {
  let folder: string;
  let file: string;
  let seen: boolean[];
  let watch: FileWatch;
  const at = (name: string) => path.join(folder, name);

  beforeEach(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'watch-'));
    file = at('config.yaml');
    writeFileSync(file, 'one');
    seen = [];
    watch = watchFile(file, (there) => void seen.push(there));
    await watch.look();
    assert.deepEqual(seen.splice(0), [true], 'the first look, for what changed before it');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  async function look(times: number): Promise<boolean[]> {
    for (let time = 0; time < times; time++) await watch.look();
    return seen.splice(0);
  }

  it('tells once of what has stayed the same for two looks, and nothing of what stays', async () => {
    assert.deepEqual(await look(3), []);
    writeFileSync(file, 'half');
    assert.deepEqual(await look(1), [], 'it may be half written');
    writeFileSync(file, 'half and more');
    assert.deepEqual(await look(1), []);
    assert.deepEqual(await look(3), [true]);
  });

  it('sees another file in its place, as editors put it there, and another link', async () => {
    writeFileSync(at('new'), 'two');
    renameSync(at('new'), file);
    assert.deepEqual(await look(3), [true]);
    writeFileSync(at('three'), 'owt');
    unlinkSync(file);
    symlinkSync(at('three'), file);
    assert.deepEqual(await look(3), [true]);
    writeFileSync(at('four'), 'wto');
    symlinkSync(at('four'), at('link'));
    renameSync(at('link'), file);
    assert.deepEqual(await look(3), [true]);
  });

  it('tells of a file that is emptied or gone, not of one that is replaced meanwhile', async () => {
    writeFileSync(file, '');
    assert.deepEqual(await look(1), []);
    writeFileSync(file, 'two');
    assert.deepEqual(await look(2), [true]);
    unlinkSync(file);
    assert.deepEqual(await look(3), [false]);
  });
});
