import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import path from 'node:path';
import { DataFolderLocked, lockFolder } from '../../src/storage/folder-lock.js';
import { openStorage } from '../../src/storage/open.js';
import { ChildProgram } from '../support/child-program.js';
import { manualClock } from '../support/manual-clock.js';
import { atOnce } from '../support/parallel.js';

describe('the lock of the data folder', () => {
  let home: string;
  let folder: string;
  let lock: string;
  const children: ChildProgram[] = [];
  const holder = async () => {
    const child = new ChildProgram('hold-folder', [folder]);
    children.push(child);
    assert.equal(await child.line(), 'held');
    return child;
  };
  const written = (record: object) => writeFile(lock, JSON.stringify(record));

  beforeEach(async () => {
    home = await mkdtemp(path.join(tmpdir(), 'holdfast-lock-'));
    folder = path.join(home, 'pg');
    lock = `${folder}.lock`;
  });
  afterEach(async () => {
    for (const child of children.splice(0)) await child.kill();
    await rm(home, { recursive: true, force: true });
  });

  it('keeps a second process out, and says which process has the folder', async () => {
    const child = await holder();
    await assert.rejects(lockFolder(folder), (error) => {
      assert.ok(error instanceof DataFolderLocked);
      assert.equal(error.pid, child.pid);
      assert.equal(error.folder, folder);
      assert.match(error.message, new RegExp(`${folder} is in use by process ${child.pid}`));
      return true;
    });
  });

  it('keeps the same process out, too', async () => {
    const unlock = await lockFolder(folder);
    await assert.rejects(lockFolder(folder), DataFolderLocked);
    await unlock();
    await (
      await lockFolder(folder)
    )();
    assert.equal(existsSync(lock), false);
  });

  it('is taken over from a process that was killed', async () => {
    const child = await holder();
    await child.kill();
    assert.equal(existsSync(lock), true);
    const unlock = await lockFolder(folder);
    assert.equal((JSON.parse(await readFile(lock, 'utf8')) as { pid: number }).pid, process.pid);
    await unlock();
  });

  it('is taken over when another process has got the dead one’s pid', async () => {
    await written({ pid: process.ppid, host: hostname(), started: '1' });
    await (
      await lockFolder(folder)
    )();
  });

  it('is taken over when we ourselves have got the dead one’s pid', async () => {
    await written({ pid: process.pid, host: hostname(), started: '1' });
    await (
      await lockFolder(folder)
    )();
  });

  it('is taken over when its writer died before it could say who it is', async () => {
    await writeFile(lock, '');
    await (
      await lockFolder(folder)
    )();
  });

  it('is never taken from another machine, for nobody can tell whether it is alive', async () => {
    await written({ pid: 1, host: 'elsewhere', started: '1' });
    await assert.rejects(lockFolder(folder), /process 1 on elsewhere.*delete .*pg\.lock/);
  });

  it('goes to one of many that find a dead one’s at the same time', async () => {
    await (await holder()).kill();
    const contenders = await atOnce(5, async () => {
      const child = new ChildProgram('hold-folder', [folder]);
      children.push(child);
      return child.line();
    });
    assert.equal(contenders.filter((line) => line === 'held').length, 1, contenders.join());
  });

  it('is held while the embedded database is open', async function () {
    this.timeout(60_000);
    const options = { databaseUrl: undefined, dataFolder: folder, clock: manualClock() };
    const storage = await openStorage(options);
    assert.equal(existsSync(lock), true);
    assert.equal((await stat(folder)).mode & 0o077, 0, 'others may look into the database');
    await assert.rejects(openStorage(options), DataFolderLocked);
    await storage.close();
    assert.equal(existsSync(lock), false);
  });
});
