import { strict as assert } from 'node:assert';
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { loadMasterKey, MasterKeyError } from '../../../src/config/master-key.js';
import { systemRandom } from '../../../src/lib/random.js';

describe('the master key', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(path.join(tmpdir(), 'holdfast-key-'))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const load = (extra: { secret_key?: string } = {}) =>
    loadMasterKey({ data_dir: path.join(folder, 'data'), secret_key: undefined, ...extra }, systemRandom);

  it('is made at first start, for its owner alone, and read back afterwards', async () => {
    const made = await load();
    assert.equal(made.length, 32);
    assert.equal(statSync(path.join(folder, 'data/secret.key')).mode & 0o777, 0o600);
    assert.deepEqual(await load(), made);
  });

  it('is the same for ten first starts at once, which leave no drafts behind', async () => {
    const keys = await Promise.all(Array.from({ length: 10 }, () => load()));
    assert.equal(new Set(keys.map((key) => key.toString('hex'))).size, 1);
    assert.deepEqual(readdirSync(path.join(folder, 'data')), ['secret.key']);
  });

  it('comes from secret_key where that is set', async () => {
    const key = Buffer.alloc(32, 9);
    assert.deepEqual(await load({ secret_key: key.toString('base64url') }), key);
    assert.deepEqual(readdirSync(folder), []);
  });

  it('is not replaced when its file is damaged', async () => {
    await load();
    const file = path.join(folder, 'data/secret.key');
    writeFileSync(file, 'half');
    await assert.rejects(load(), MasterKeyError);
    assert.equal(readFileSync(file, 'utf8'), 'half');
  });
});
