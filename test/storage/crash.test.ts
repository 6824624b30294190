import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { AccountId } from '../../src/accounts/account.js';
import { systemClock } from '../../src/lib/clock.js';
import { openStorage } from '../../src/storage/open.js';
import { ChildProgram } from '../support/child-program.js';

describe('kill -9 of a process with the embedded database', () => {
  let home: string;
  let folder: string;

  before(async () => {
    home = await mkdtemp(path.join(tmpdir(), 'holdfast-crash-'));
    folder = path.join(home, 'pg');
  });
  after(() => rm(home, { recursive: true, force: true }));

  it('in the middle of writing loses nothing that was acknowledged', async function () {
    this.timeout(120_000);
    const acknowledged: string[] = [];
    for (const rows of [40, 75]) {
      const child = new ChildProgram('write-accounts', [folder]);
      for (let count = 0; count < rows; count += 1) acknowledged.push((await child.line()) ?? '');
      await child.kill();
      for (let line = await child.line(); line !== undefined; line = await child.line())
        acknowledged.push(line);
    }
    const storage = await openStorage({ databaseUrl: undefined, dataFolder: folder, clock: systemClock });
    for (const line of acknowledged) {
      const [id, digest, bucket] = line.split(' ');
      assert.ok(await storage.accounts.find(id as AccountId), line);
      assert.ok(await storage.accessTokens.find(Buffer.from(digest ?? '', 'hex'), Number(bucket)), line);
    }
    await storage.close();
    assert.ok(acknowledged.length >= 115);
  });
});
