import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { freePort } from '../../examples/support/free-port.js';
import type { ConfigFile } from '../../src/config/schema.js';
import { systemRandom } from '../../src/lib/random.js';
import { createProof } from '../../src/proof/create-proof.js';
import { gatewayA, secretOf } from '../support/clients.js';
import { Device, type Answer } from '../support/device.js';
import { startHoldfast, type Holdfast } from '../support/harness.js';
import { revoke, signIn, type Tokens } from '../support/login.js';
import { sendAsIs } from '../support/raw-request.js';

const frontier: NonNullable<ConfigFile['tiers']>[number] = {
  id: 'frontier',
  title: 'Frontier',
  models: ['*-frontier'],
  approval: 'budget',
  budget: '2.00',
};
const messages = [{ role: 'user', content: 'hello' }];

/**
 * examples/litellm held against LiteLLM's documented contract, by a stand-in for the proxy: CI can't reach PyPI. Where
 * TEST_LITELLM_BIN names the real `litellm`, the same is asked of that.
 */
describe('LiteLLM, by custom_auth and a callback', function () {
  this.timeout(120_000);
  let holdfast: Holdfast;
  let proxy: ChildProcess | undefined;
  let origin: string;
  let ada: Tokens;
  let said = '';
  let nonce: string | undefined;

  before(async () => {
    holdfast = await startHoldfast({
      tiers: [{ id: 'standard', title: 'Standard', models: ['*'] }, frontier],
    });
    ada = await signIn({ issuer: holdfast.issuer, scope: 'openid offline_access model:call model:read' });
    const port = await freePort();
    origin = `http://127.0.0.1:${port}`;
    const real = process.env['TEST_LITELLM_BIN'];
    const standIn = path.resolve('test/support/python/litellm_stand_in.py');
    const options = ['--config', path.resolve('examples/litellm/config.yaml'), '--host', '127.0.0.1'];
    const program = real ?? process.env['TEST_PYTHON_BIN'] ?? '/usr/bin/python3';
    proxy = spawn(program, [...(real ? [] : [standIn]), ...options, '--port', String(port)], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: process.env['PATH'] ?? '',
        PYTHONDONTWRITEBYTECODE: '1',
        // LiteLLM doesn't start without; it lets nobody in here.
        LITELLM_MASTER_KEY: `sk-${systemRandom.bytes(32).toString('hex')}`,
        HOLDFAST_ISSUER: holdfast.issuer,
        HOLDFAST_RESOURCE: gatewayA,
        HOLDFAST_CLIENT_ID: 'rs-a',
        HOLDFAST_CLIENT_SECRET: secretOf('rs-a'),
      },
    });
    for (const stream of [proxy.stdout, proxy.stderr])
      stream?.on('data', (chunk: Buffer) => (said += String(chunk)));
    await answering();
  });
  after(async () => {
    if (proxy?.exitCode === null) {
      proxy.kill('SIGKILL');
      await once(proxy, 'exit');
    }
    await holdfast?.close();
  });

  /** The proxy, being another program, is up when it answers. */
  async function answering(): Promise<void> {
    for (;;) {
      if (proxy?.exitCode !== null) throw new Error(said);
      // oxlint-disable-next-line no-await-in-loop
      const answer = await fetch(`${origin}/v1/models`).catch(() => undefined);
      if (answer?.status === 401) return;
      // oxlint-disable-next-line no-await-in-loop
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  async function send(
    members: object,
    { proof = 'none', at = '/v1/chat/completions' }: { proof?: string; at?: string } = {},
  ) {
    const answer = await sendAsIs(`${origin}${at}`, {
      method: 'POST',
      headers: {
        authorization: `DPoP ${ada.accessToken}`,
        dpop: proof,
        'content-type': 'application/json',
      },
      body: JSON.stringify({ model: 'echo', messages, ...members }),
    });
    nonce = answer.headers.get('dpop-nonce') ?? nonce;
    return answer;
  }

  /** Repeated once with the nonce, as by every client. */
  async function call(members: object = {}, device = ada.device): Promise<Answer> {
    const proven = () => {
      const facts = {
        method: 'POST',
        url: `${gatewayA}v1/chat/completions`,
        accessToken: ada.accessToken,
        ...(nonce !== undefined && { nonce }),
      };
      return createProof(device.key, facts, { clock: holdfast.clock, random: systemRandom });
    };
    const answer = await send(members, { proof: await proven() });
    return answer.body['error'] === 'use_dpop_nonce' ? send(members, { proof: await proven() }) : answer;
  }

  async function reported(callId: string) {
    for (;;) {
      // oxlint-disable-next-line no-await-in-loop
      const kept = await holdfast.storage.usage.find('rs-a', callId);
      if (kept) return kept.report;
      // oxlint-disable-next-line no-await-in-loop
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  it('serves the holder of the key, and reports what the call used', async () => {
    const answer = await call();
    assert.equal(answer.status, 200, JSON.stringify(answer.body) + said);
    assert.match(JSON.stringify(answer.body), /LiteLLM greets you/);
    const report = await reported(answer.headers.get('holdfast-call-id') ?? '');
    assert.equal(report.outcome, 'completed');
    assert.equal(report.outputTokens, 20);
  });

  it('passes on the challenge of a dear model, header and body as they are', async () => {
    const answer = await call({ model: 'echo-frontier' });
    assert.equal(answer.status, 403, JSON.stringify(answer.body) + said);
    assert.match(answer.headers.get('www-authenticate') ?? '', /insufficient_authorization_details/);
    assert.equal(answer.body['error'], 'insufficient_authorization_details');
    assert.ok(Array.isArray(answer.body['authorization_details']));
  });

  it('lets nobody in with another key, or without any', async () => {
    const thief = await call({}, await Device.create());
    assert.equal(thief.status, 401);
    assert.equal(thief.body['error'], 'invalid_token');
    const bearer = await fetch(`${origin}/v1/models`, {
      headers: { authorization: `Bearer ${ada.accessToken}`, 'x-litellm-api-key': ada.accessToken },
    });
    assert.equal(bearer.status, 401);
  });

  it('takes no other way to another model, nor to what LiteLLM is administered by', async () => {
    for (const members of [
      { fallbacks: [{ model: 'echo-frontier' }] },
      { service_tier: 'priority' },
      { mock_response: 'free' },
      { n: 2 },
      { model: 'echo,echo-frontier' },
      { model: 'openai/echo-frontier' },
    ]) {
      // oxlint-disable-next-line no-await-in-loop
      const { status } = await call(members);
      assert.ok(status === 400 || status === 404, `${status} for ${JSON.stringify(members)}`);
    }
    assert.equal((await send({}, { at: '/v1/chat/completions?model=echo-frontier' })).status, 403);
    assert.equal((await send({}, { at: '/key/generate' })).status, 403);
  });

  it('lets no revoked token in, and wrote neither tokens nor secrets anywhere', async () => {
    await revoke(holdfast.issuer, ada.accessToken);
    assert.equal((await call()).status, 401);
    for (const secret of [ada.accessToken, secretOf('rs-a')]) assert.ok(!said.includes(secret));
  });
});
