import assert from 'node:assert/strict';
import { mkdtempSync, renameSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { watchFile, type FileWatch } from '../../../src/config/file-watch.js';

describe('the watch over a file', () => {
  let folder: string;
  let file: string;
  let seen: number;
  let watch: FileWatch;
  const at = (name: string) => path.join(folder, name);

  beforeEach(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'watch-'));
    file = at('config.yaml');
    writeFileSync(file, 'one');
    seen = 0;
    watch = watchFile(file, () => void (seen += 1));
    await watch.look();
    assert.equal(await look(0), 1, 'the first look, for what changed before it');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  async function look(times: number): Promise<number> {
    for (let time = 0; time < times; time++) await watch.look();
    const told = seen;
    seen = 0;
    return told;
  }

  it('tells once of what has stayed the same for two looks, and nothing of what stays', async () => {
    assert.equal(await look(3), 0);
    writeFileSync(file, 'half');
    assert.equal(await look(1), 0, 'it may be half written');
    writeFileSync(file, 'half and more');
    assert.equal(await look(1), 0);
    assert.equal(await look(3), 1);
  });

  it('sees another file in its place, as editors put it there, and another link', async () => {
    writeFileSync(at('new'), 'two');
    renameSync(at('new'), file);
    assert.equal(await look(3), 1);
    writeFileSync(at('three'), 'owt');
    unlinkSync(file);
    symlinkSync(at('three'), file);
    assert.equal(await look(3), 1);
    writeFileSync(at('four'), 'wto');
    symlinkSync(at('four'), at('link'));
    renameSync(at('link'), file);
    assert.equal(await look(3), 1);
  });

  it('tells of a file that is emptied or gone, not of one that is replaced meanwhile', async () => {
    writeFileSync(file, '');
    assert.equal(await look(1), 0);
    writeFileSync(file, 'two');
    assert.equal(await look(2), 1);
    unlinkSync(file);
    assert.equal(await look(3), 1);
  });
});
