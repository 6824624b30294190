import assert from 'node:assert/strict';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fixedKey, keyOfCommand, keyOfFile } from '../../src/gateway/standalone/provider-key.js';
import { manualClock } from '../support/manual-clock.js';

describe('the key of the provider', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'holdfast-key-'));
  const file = path.join(folder, 'key');
  const troubles: string[] = [];
  const onTrouble = (why: string): void => void troubles.push(why);
  const replace = (key: string): void => {
    writeFileSync(`${file}.next`, key);
    renameSync(`${file}.next`, file);
  };
  after(() => rmSync(folder, { recursive: true }));
  beforeEach(() => troubles.splice(0));

  it('of a file is read anew when the file has changed, and kept while that is nonsense', async () => {
    replace('first-key-1\n');
    const key = await keyOfFile(file, { clock: manualClock(), onTrouble });
    assert.equal(await key.current(), 'first-key-1');
    replace('other-key-2\n');
    assert.equal(await key.current(), 'other-key-2');
    replace('');
    assert.equal(await key.current(), 'other-key-2');
    rmSync(file);
    assert.equal(await key.renewed(), 'other-key-2');
    replace('third-key-3');
    assert.equal(await key.current(), 'third-key-3');
    assert.deepEqual(troubles, ['the key must be one line of 8 to 4096 printable characters', 'ENOENT']);
  });

  it('of a command is kept for its time, and asked for again when the provider refuses it', async () => {
    replace('first-key-1');
    const clock = manualClock();
    const options = {
      clock,
      onTrouble,
      seconds: 300,
      environment: { KEY_FILE: file, PATH: '/bin:/usr/bin' },
    };
    const key = await keyOfCommand('cat "$KEY_FILE"', options);
    replace('other-key-2');
    assert.equal(await key.current(), 'first-key-1');
    // Not for each call of a provider that refuses everything.
    assert.equal(await key.renewed(), 'first-key-1');
    clock.advance(6);
    assert.equal(await key.renewed(), 'other-key-2');
    replace('third-key-3');
    clock.advance(301);
    assert.equal(await key.current(), 'other-key-2');
    assert.equal(await key.renewed(), 'third-key-3');
    assert.equal(await key.current(), 'third-key-3');
    assert.deepEqual(troubles, []);
  });

  it('is checked without being told', async () => {
    const wrong = 'two words-of-a-key';
    assert.throws(
      () => fixedKey(wrong),
      (error: Error) => !error.message.includes('words'),
    );
    const environment = { PATH: '/bin:/usr/bin' };
    const source = { clock: manualClock(), onTrouble, seconds: 1, environment };
    await assert.rejects(
      keyOfCommand(`echo '${wrong}'`, source),
      (error: Error) => !error.message.includes('words'),
    );
    const failing = keyOfCommand(`echo '${wrong}' >&2; exit 3`, source);
    await assert.rejects(failing, { message: 'the key command failed (3)' });
  });
});
