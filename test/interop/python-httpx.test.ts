import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { freePort } from '../../examples/support/free-port.js';
import { createGuard, protect, protectCalls, readModelCall, type Guard } from '../../src/gateway/index.js';
import { secretOf, testResources } from '../support/clients.js';
import { startHoldfast, type Holdfast } from '../support/harness.js';
import { goThrough } from '../support/login.js';
import { Visitor } from '../support/visitor.js';

const python = process.env['TEST_PYTHON_BIN'] ?? '/usr/bin/python3';
const folder = path.resolve('examples/python-httpx');

interface Told {
  readonly status?: number;
  readonly body?: Readonly<Record<string, unknown>>;
  readonly error?: string;
  readonly message?: string;
  readonly challenge?: Readonly<Record<string, unknown>>;
  readonly statuses?: readonly number[];
  readonly repr: string;
}

describe('Python by httpx, as examples/python-httpx has it', function () {
  this.timeout(120_000);
  const home = mkdtempSync(path.join(tmpdir(), 'holdfast-httpx-'));
  const loginFile = path.join(home, 'login.json');
  const foreignAsked: IncomingHttpHeaders[] = [];
  const bearers: unknown[] = [];
  let holdfast: Holdfast;
  let resource: string;
  let guard: Guard;
  let gateway: Server;
  let foreign: Server;
  let walk: ChildProcess;
  let answers: AsyncIterator<string>;
  let said = '';

  before(async () => {
    const port = await freePort();
    resource = `http://127.0.0.1:${port}/`;
    const ours = {
      identifier: resource,
      scope: 'model:read model:call',
      resource_servers: ['rs-a'],
      lifetime: 60,
    };
    holdfast = await startHoldfast({
      resources: [...testResources, ours],
      tiers: [
        { id: 'standard', title: 'Standard', models: ['*'] },
        { id: 'frontier', title: 'Frontier', models: ['*-frontier'], approval: 'budget', budget: '2.00' },
      ],
    });
    const { issuer, clock } = holdfast;
    const credentials = { clientId: 'rs-a', clientSecret: secretOf('rs-a') };
    guard = createGuard({ issuer, resource, publicUrl: resource, clock, ...credentials });
    const models = protect(guard, (_, response) => void response.end('{"served":"models"}'));
    const read = readModelCall({ scope: ['model:call'], maxCost: 2000 });
    const calls = protectCalls(guard, (_, response) => void response.end('{"served":"a call"}'), { read });
    foreign = createServer(({ headers }, response) => {
      foreignAsked.push(headers);
      response.end('{}');
    }).listen(0, '127.0.0.1');
    await once(foreign, 'listening');
    gateway = createServer((request, response) => {
      bearers.push(request.headers.authorization);
      if (request.url === '/away') response.writeHead(307, { location: originOf(foreign) }).end();
      else (request.method === 'POST' ? calls : models)(request, response);
    }).listen(port, '127.0.0.1');
    await once(gateway, 'listening');
    await signIn();
    const support = path.resolve('test/support/python/httpx_walk.py');
    walk = run([support, folder, loginFile, resource, originOf(foreign)]);
    if (!walk.stdout) assert.fail('it has an output');
    answers = createInterface({ input: walk.stdout })[Symbol.asyncIterator]();
  });
  after(async () => {
    if (walk?.exitCode === null) {
      walk.kill('SIGKILL');
      await once(walk, 'exit');
    }
    await guard?.close();
    for (const server of [gateway, foreign]) {
      server?.closeAllConnections();
      server?.close();
    }
    await holdfast?.close();
    rmSync(home, { recursive: true, force: true });
  });

  const originOf = (server: Server): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;

  function run(parameters: readonly string[]): ChildProcess {
    const env = {
      PATH: process.env['PATH'] ?? '',
      PYTHONDONTWRITEBYTECODE: '1',
      HOLDFAST_ISSUER: holdfast.issuer,
      HOLDFAST_RESOURCE: resource,
      HOLDFAST_CLIENT_ID: 'cli',
      HOLDFAST_LOGIN: loginFile,
    };
    const child = spawn(python, parameters, { env, stdio: ['pipe', 'pipe', 'pipe'] });
    child.stderr.on('data', (text: Buffer) => (said += String(text)));
    return child;
  }

  /** Its login, with the person's part done by hand. */
  async function signIn(): Promise<void> {
    const child = run([path.join(folder, 'holdfast_httpx.py'), 'login']);
    let printed = '';
    child.stdout?.on('data', (text: Buffer) => (printed += String(text)));
    const exit = once(child, 'exit');
    while (!printed.includes('state=') || !printed.endsWith('\n')) {
      assert.equal(child.exitCode, null, said);
      // oxlint-disable-next-line no-await-in-loop
      await new Promise((resolve) => setImmediate(resolve));
    }
    const address = /http\S+/.exec(printed)?.[0] ?? '';
    const { location } = await goThrough(new Visitor(), address, 'ada');
    // Another's answer is none: the login goes on waiting for its own.
    const forged = new URL(location ?? '');
    forged.searchParams.set('state', 'another');
    assert.equal((await fetch(forged)).status, 404);
    assert.equal((await fetch(location ?? '')).status, 200);
    assert.deepEqual(await exit, [0, null], said);
  }

  async function ask(what: string): Promise<Told> {
    walk.stdin?.write(`${what}\n`);
    const { value, done } = await answers.next();
    assert.ok(!done, said);
    return JSON.parse(value) as Told;
  }

  it('keeps its key and tokens in a file of the person alone', () => {
    assert.equal(statSync(loginFile).mode & 0o777, 0o600);
  });

  it('is served after the nonce round, with DPoP in the place of an API key', async () => {
    const { status, body } = await ask('get');
    assert.deepEqual([status, body], [200, { served: 'models' }]);
    assert.match(String(bearers.at(-1)), /^DPoP hldf_at_/);
    assert.deepEqual((await ask('call echo')).body, { served: 'a call' });
  });

  it('renews the token when it has ended, also five at once', async () => {
    const { access_token: before } = kept();
    holdfast.clock.advance(70);
    assert.equal((await ask('get')).status, 200);
    const { access_token: then } = kept();
    assert.notEqual(then, before);
    holdfast.clock.advance(70);
    assert.deepEqual((await ask('async')).statuses, [200, 200, 200, 200, 200]);
    assert.notEqual(kept()['access_token'], then);
  });

  it('tells what a dear model asks of the person', async () => {
    const { error, challenge } = await ask('call echo-frontier');
    assert.equal(error, 'StepUpRequired');
    assert.equal(challenge?.['error'], 'insufficient_authorization_details');
    assert.ok(challenge['authorization_details']);
  });

  it('gives nobody else the token, not where the gateway sends it either', async () => {
    assert.equal((await ask('foreign')).error, 'ForeignOrigin');
    assert.equal(foreignAsked.length, 0);
    await ask('redirected');
    assert.deepEqual(
      foreignAsked.map(({ authorization }) => authorization),
      [undefined],
    );
  });

  it('has no secret in what it prints and says', async () => {
    const told = [];
    for (const what of ['get', 'call echo-frontier', 'foreign']) told.push(await ask(what));
    const text = JSON.stringify(told) + said;
    for (const name of ['access_token', 'refresh_token', 'pem']) {
      const secret = kept()[name] ?? '';
      assert.ok(secret.length > 20);
      assert.ok(!text.includes(secret), name);
    }
  });

  const kept = () => JSON.parse(readFileSync(loginFile, 'utf8')) as Record<string, string>;
});
