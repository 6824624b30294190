import assert from 'node:assert/strict';
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { exportJWK } from 'jose';
import { dataProtection } from '../../../../src/client/command/keystore/data-protection.js';
import { keychain } from '../../../../src/client/command/keystore/keychain.js';
import { keyFile } from '../../../../src/client/command/keystore/key-file.js';
import { passphraseKey } from '../../../../src/client/command/keystore/passphrase.js';
import type { RunProgram } from '../../../../src/client/command/keystore/run-program.js';
import type { SealingKeyStore } from '../../../../src/client/command/keystore/sealing-key.js';
import { sealedLoginStore } from '../../../../src/client/command/sealed-login-store.js';
import { generateProofKey } from '../../../../src/client/index.js';
import { systemRandom } from '../../../../src/lib/random.js';
import { findSecrets } from '../../../support/secret-search.js';

describe('the file that keeps a login', function () {
  this.timeout(20_000);
  let folder: string;
  let login: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'holdfast-sealed-'));
    login = path.join(folder, 'mine.login');
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const inFolder = (name: string): string => path.join(folder, name);
  const tokens = {
    accessToken: 'hldf_at_of_this_test',
    refreshToken: 'hldf_rt_of_this_test',
    expiresAt: 1,
    granted: [],
  };

  async function keep(sealing: SealingKeyStore) {
    const key = await generateProofKey('ES256', true);
    const identity = {
      issuer: 'https://login.example',
      clientId: 'cli',
      resource: 'https://models.example/',
    };
    await sealedLoginStore(login, sealing).write({ ...identity, key, tokens });
    return key;
  }

  it('gives the login back, and has none of its secrets in any file', async () => {
    const sealing = () => keyFile(inFolder('mine.key'), systemRandom);
    const key = await keep(sealing());
    const kept = await sealedLoginStore(login, sealing()).read();
    assert.equal(kept?.key.jkt, key.jkt);
    assert.deepEqual(kept.tokens, tokens);
    const { d = '' } = await exportJWK(key.privateKey);
    const names = await readdir(folder);
    assert.deepEqual(names.toSorted(), ['mine.key', 'mine.login']);
    const files = await Promise.all(
      names.map(async (name) => ({ name, text: await readFile(inFolder(name), 'latin1') })),
    );
    const secrets = [d, tokens.accessToken, tokens.refreshToken].map((value) => ({ name: 'secret', value }));
    assert.deepEqual(findSecrets(secrets, files), []);
    for (const name of names) assert.equal((await stat(inFolder(name))).mode & 0o777, 0o600);
  });

  it('opens with its own key alone: not on another machine, not by another passphrase, not changed', async () => {
    await writeFile(inFolder('machine-id'), 'here');
    await keep(keyFile(inFolder('mine.key'), systemRandom, [inFolder('machine-id')]));
    await writeFile(inFolder('machine-id'), 'elsewhere');
    const moved = sealedLoginStore(
      login,
      keyFile(inFolder('mine.key'), systemRandom, [inFolder('machine-id')]),
    );
    await assert.rejects(moved.read(), /can't be opened/);

    await keep(passphraseKey(inFolder('mine.salt'), 'correct horse', systemRandom));
    const with_ = (phrase: string) =>
      sealedLoginStore(login, passphraseKey(inFolder('mine.salt'), phrase, systemRandom)).read();
    await assert.rejects(with_('wrong horse'), /can't be opened/);
    assert.ok(await with_('correct horse'));
    const text = await readFile(login, 'utf8');
    await writeFile(
      login,
      text.replace(/.(?=.{8}$)/, (last) => (last === 'A' ? 'B' : 'A')),
      { mode: 0o600 },
    );
    await assert.rejects(with_('correct horse'), /can't be opened/);
  });

  it('is not read when others could have', async () => {
    const sealing = keyFile(inFolder('mine.key'), systemRandom);
    await keep(sealing);
    for (const name of ['mine.key', 'mine.login']) {
      await chmod(inFolder(name), 0o640);
      const store = sealedLoginStore(login, keyFile(inFolder('mine.key'), systemRandom));
      await assert.rejects(store.read(), /can be read by others/);
      await chmod(inFolder(name), 0o600);
    }
  });

  it('is one process’s at a time, and a dead one’s lock holds nobody up', async () => {
    const sealing = keyFile(inFolder('mine.key'), systemRandom);
    // Two stores, as two processes have them.
    const stores = [sealedLoginStore(login, sealing), sealedLoginStore(login, sealing)];
    let inside = 0;
    const most = await Promise.all(
      [0, 1, 0, 1].map(async (index) =>
        stores[index]?.exclusively(async () => {
          inside += 1;
          await stat(folder);
          const seen = inside;
          inside -= 1;
          return seen;
        }),
      ),
    );
    assert.deepEqual(most, [1, 1, 1, 1]);
    await writeFile(`${login}.lock`, '999999999');
    assert.equal(await stores[0]?.exclusively(() => Promise.resolve('in')), 'in');
  });

  it('gives the keychain and DPAPI their secrets by standard input, never as arguments', async () => {
    const ran: { command: string; parameters: readonly string[]; input: string }[] = [];
    let item = '';
    /** `security -i` and PowerShell as their documentation says they behave; neither runs here. */
    const run: RunProgram = async (command, parameters, input = '') => {
      ran.push({ command, parameters, input });
      if (command === 'powershell.exe') {
        const from = Buffer.from(input, 'base64').toString();
        const protect = parameters.at(-1)?.includes('::Protect(') === true;
        const to = protect ? `protected:${from}` : from.replace('protected:', '');
        return { code: 0, out: Buffer.from(to).toString('base64') };
      }
      const [verb] = parameters;
      if (verb === '-i') item = / -w (\S+)\n$/.exec(input)?.[1] ?? '';
      if (verb === 'delete-generic-password') item = '';
      return { code: item === '' ? 44 : 0, out: verb === 'find-generic-password' ? `${item}\n` : '' };
    };
    const stores = [
      keychain('mine', run, systemRandom),
      dataProtection(inFolder('mine.protected'), run, systemRandom),
    ];
    for (const store of stores) {
      assert.equal(await store.read(), undefined);
      const made = await store.make();
      assert.deepEqual(Buffer.from((await store.read()) ?? []), Buffer.from(made));
      const text = Buffer.from(made).toString('base64url');
      assert.ok(
        ran.some(
          ({ input }) => input.includes(text) || Buffer.from(input, 'base64').toString().includes(text),
        ),
      );
      const shown = [{ name: 'arguments', text: JSON.stringify(ran.map(({ parameters }) => parameters)) }];
      assert.deepEqual(findSecrets([{ name: 'key', value: text }], shown), []);
      await store.remove();
      assert.equal(await store.read(), undefined);
    }
  });
});
