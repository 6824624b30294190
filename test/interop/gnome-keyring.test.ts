import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';

const program = path.resolve(import.meta.dirname, '../support/programs/keyring-login.js');
const session = process.env['TEST_DBUS_RUN_SESSION_BIN'] ?? '/usr/bin/dbus-run-session';

describe('a login in GNOME’s keyring, by secret-tool, unmodified', function () {
  this.timeout(60_000);
  let folder: string;
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'holdfast-keyring-'));
    await mkdir(path.join(folder, 'run'), { mode: 0o700 });
  });
  after(() => rm(folder, { recursive: true, force: true }));

  async function inSession(...script: string[]): Promise<string[]> {
    const run = path.join(folder, 'run');
    const env = {
      ...process.env,
      HOME: folder,
      XDG_RUNTIME_DIR: run,
      XDG_DATA_HOME: path.join(folder, 'data'),
    };
    const child = spawn(session, ['--', 'sh', '-c', script.join('\n')], {
      env,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return (await text(child.stdout)).trim().split('\n');
  }
  const keep = (): string => `"${process.execPath}" "${program}" "${folder}"`;

  it('is found, keeps the sealing key alone, and forgets it', async () => {
    const daemon = 'printf unlocked | gnome-keyring-daemon --unlock --components=secrets > /dev/null';
    const [keystore, kept, sealing = '', removed] = await inSession(daemon, keep());
    assert.deepEqual([keystore, kept, removed], ['secret-service', 'kept', 'removed']);
    assert.equal(Buffer.from(sealing, 'base64url').length, 32);
    assert.deepEqual(
      (await readdir(folder)).filter((name) => name.startsWith('mine')),
      [],
    );
  });

  it('is not taken where no service answers: then the key is in a file', async () => {
    const [keystore, kept, , removed] = await inSession(
      'export DBUS_SESSION_BUS_ADDRESS=unix:path=/nonexistent',
      keep(),
    );
    assert.deepEqual([keystore, kept, removed], ['file', 'kept', 'removed']);
  });
});
