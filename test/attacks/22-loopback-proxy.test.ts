import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { addressAt } from '../../src/client/command/proxy/relay-call.js';
import { startProxy } from '../../src/client/command/proxy/proxy-server.js';
import type { AskingOnce } from '../../src/client/command/proxy/asking-once.js';
import { passphraseKey } from '../../src/client/command/keystore/passphrase.js';
import { writeProfile } from '../../src/client/command/profile.js';
import { sealedLoginStore } from '../../src/client/command/sealed-login-store.js';
import { systemRandom } from '../../src/lib/random.js';
import { generateProofKey } from '../../src/proof/create-proof.js';
import { keptLogin } from '../support/kept-login.js';
import { ProxyDesk } from '../support/proxy-desk.js';

const cli = path.resolve(import.meta.dirname, '../../src/cli.js');

/** Raw: with the target and the headers that a test names, whatever a client would do. */
async function ask(origin: string, target: string, headers: Record<string, string>) {
  const { hostname, port } = new URL(origin);
  const asked = request({ hostname, port, path: target, headers: { ...headers }, agent: false });
  asked.end();
  const [response] = (await once(asked, 'response')) as [import('node:http').IncomingMessage];
  return { status: response.statusCode, headers: response.headers, body: await text(response) };
}

describe('the loopback proxy against others on this machine', function () {
  this.timeout(30_000);
  let desk: ProxyDesk;
  before(async () => {
    desk = await ProxyDesk.open();
  });
  after(() => desk.close());
  const key = (): Record<string, string> => ({ authorization: `Bearer ${desk.secret}` });
  const refused = async (status: number, headers: Record<string, string>, target = '/v1/models') => {
    const before = desk.arrivals.length;
    const answer = await ask(desk.origin, target, headers);
    assert.equal(answer.status, status);
    assert.equal(desk.arrivals.length, before, 'it reached the resource');
    assert.ok(!answer.body.includes(desk.secret));
    return answer;
  };

  it('serves nobody without the secret of this start', async () => {
    assert.equal((await ask(desk.origin, '/v1/models', key())).status, 200);
    assert.equal((await ask(desk.origin, '/v1/models', { 'x-api-key': desk.secret })).status, 200);
    await refused(401, {});
    await refused(401, { authorization: `Bearer ${desk.secret.slice(0, -1)}` });
    await refused(401, { authorization: `Basic ${desk.secret}` });
    await refused(401, { cookie: `key=${desk.secret}` });
    await refused(401, {}, `/v1/models?key=${desk.secret}`);
    const other = await ProxyDesk.open();
    await refused(401, { authorization: `Bearer ${other.secret}` });
    await other.close();
  });

  it('serves no web page, even one that knows the secret', async () => {
    for (const origin of ['https://evil.example', 'null', desk.origin]) {
      const { headers } = await refused(403, { ...key(), origin });
      assert.equal(headers['access-control-allow-origin'], undefined);
    }
    for (const site of ['cross-site', 'same-origin', 'none']) {
      await refused(403, { ...key(), 'sec-fetch-site': site });
    }
  });

  it('knows its loopback name alone, so a name that was bound anew leads nowhere', async () => {
    const { port } = new URL(desk.origin);
    for (const host of [
      `evil.example:${port}`,
      'evil.example',
      `127.0.0.1`,
      `127.0.0.1:1`,
      `localhost.evil.example:${port}`,
    ]) {
      await refused(421, { ...key(), host });
    }
    assert.equal((await ask(desk.origin, '/v1/models', { ...key(), host: `localhost:${port}` })).status, 200);
  });

  it('leads to its one resource, whatever address is asked for', async () => {
    for (const target of ['http://evil.example/v1', '//evil.example/v1', 'https://evil.example']) {
      await refused(400, key(), target);
    }
    assert.equal(addressAt('https://models.example', '@evil.example/v1'), undefined);
    assert.equal(addressAt('https://models.example/api/', '/../admin'), undefined);
    assert.equal(
      addressAt('https://models.example/api/', '/v1/x?y')?.href,
      'https://models.example/api/v1/x?y',
    );
    assert.equal(addressAt('https://models.example/v1', '/v1/x')?.href, 'https://models.example/v1/x');
    assert.equal(addressAt('https://models.example/', '/v1/%2e%2e/x')?.origin, 'https://models.example');
  });

  it('hands on neither the secret nor a credential of the client, and gives none of the resource’s back', async () => {
    desk.answer = (_, response) => {
      response.setHeader('set-cookie', 'session=of-the-resource');
      response.setHeader('access-control-allow-origin', '*');
      response.end('{}');
    };
    const { headers } = await ask(desk.origin, '/v1/models', {
      ...key(),
      'x-api-key': 'another',
      cookie: 'mine=1',
      dpop: 'of.somebody.else',
    });
    const sent = desk.arrivals.at(-1)?.headers ?? {};
    assert.equal(sent.authorization, 'DPoP token');
    assert.ok(!JSON.stringify(sent).includes(desk.secret));
    assert.deepEqual([sent['x-api-key'], sent.cookie], [undefined, undefined]);
    assert.notEqual(sent['dpop'], 'of.somebody.else');
    for (const name of ['set-cookie', 'access-control-allow-origin', 'dpop-nonce']) {
      assert.equal(headers[name], undefined);
    }
  });

  it('listens on the loopback alone', () => {
    assert.equal(new URL(desk.origin).hostname, '127.0.0.1');
  });

  it('does not open its socket to another user of the machine, and its port gives her 401', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'holdfast-socket-'));
    const file = path.join(folder, 'proxy.sock');
    const asking = { forCall: () => assert.fail('a call got in') } as unknown as AskingOnce;
    const keepAlive = { stream: 1, plain: 1, interval: 1 };
    const onError = (): void => undefined;
    const proxy = await startProxy({
      asking,
      resource: 'https://models.example/',
      keepAlive,
      random: systemRandom,
      socket: file,
      onError,
    });
    try {
      assert.equal((await stat(file)).mode & 0o777, 0o600);
      assert.deepEqual(
        await asNobody(file, desk.origin),
        process.getuid?.() === 0 ? ['EACCES', 401] : ['', 401],
      );
    } finally {
      await proxy.close();
      await rm(folder, { recursive: true, force: true });
    }
  });

  it('hands a program that it starts its own secret, and not the passphrase that opens the login', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'holdfast-login-'));
    const passphrase = 'correct horse battery staple';
    const resource = 'http://127.0.0.1:9/';
    await keptLogin({
      resource,
      key: await generateProofKey('ES256', true),
      store: sealedLoginStore(
        path.join(folder, 'default.login'),
        passphraseKey(path.join(folder, 'default.salt'), passphrase, systemRandom),
      ),
    });
    const identity = { issuer: 'https://login.example', clientId: 'app', resource };
    await writeProfile(folder, 'default', { ...identity, scope: 'model:call', keystore: 'passphrase' });
    const show = 'console.log(JSON.stringify(process.env))';
    const child = spawn(process.execPath, [cli, 'proxy', '--exec', '--', process.execPath, '-e', show], {
      env: { PATH: process.env['PATH'], HOLDFAST_HOME: folder, HOLDFAST_PASSPHRASE: passphrase },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const seen = JSON.parse(await text(child.stdout)) as Record<string, string>;
    assert.match(seen['OPENAI_API_KEY'] ?? '', /^holdfast-local-/);
    assert.ok(!JSON.stringify(seen).includes(passphrase));
    await rm(folder, { recursive: true, force: true });
  });

  /** What another user gets of the socket and of the port. Only root can become one. */
  async function asNobody(file: string, origin: string): Promise<[string, number]> {
    const isRoot = process.getuid?.() === 0;
    const script = `
      ${isRoot ? 'process.setgid(65534); process.setuid(65534);' : ''}
      const connected = new Promise((resolve) => {
        if (!${String(isRoot)}) return resolve('');
        require('node:net').connect(${JSON.stringify(file)}).on('error', (error) => resolve(error.code)).on('connect', () => resolve('in'));
      });
      const asked = fetch(${JSON.stringify(`${origin}/v1/models`)}, { headers: { authorization: 'Bearer guess' } });
      Promise.all([connected, asked.then((answer) => answer.status)]).then((got) => { console.log(JSON.stringify(got)); process.exit(); });`;
    if (isRoot) {
      const { chmod } = await import('node:fs/promises');
      await chmod(path.dirname(file), 0o755);
    }
    const child = spawn(process.execPath, ['-e', script], { cwd: '/', stdio: ['ignore', 'pipe', 'inherit'] });
    return JSON.parse(await text(child.stdout)) as [string, number];
  }
});
