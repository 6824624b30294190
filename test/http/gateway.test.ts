import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { request } from 'undici';
import { createGuard, protect, type Guard } from '../../src/gateway/index.js';
import { newAccessToken } from '../../src/lib/opaque-token.js';
import { systemRandom } from '../../src/lib/random.js';
import { createProof, generateProofKey, type ProofKey } from '../../src/proof/create-proof.js';
import {
  fakeAuthorizationServer,
  type FakeAuthorizationServer,
} from '../support/fake-authorization-server.js';
import { manualClock } from '../support/manual-clock.js';

const resource = 'https://api.example/v1';
const publicUrl = 'https://api.example';
const target = '/v1/models?page=1';

interface Reply {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly body: string;
}

describe('a gateway behind the guard', () => {
  const clock = manualClock();
  const token = newAccessToken(systemRandom, clock.now() / 1000 + 300);
  let provider: FakeAuthorizationServer;
  let key: ProofKey;
  let guard: Guard;
  let server: Server;
  let address: string;

  before(async () => {
    key = await generateProofKey();
  });
  beforeEach(async () => {
    provider = await fakeAuthorizationServer();
    alive();
    await start();
  });
  afterEach(async () => {
    await stop();
    await provider.close();
  });

  async function start(): Promise<void> {
    const client = { clientId: 'gate way', clientSecret: 'se:cret%' };
    const times = { clock, timeoutMilliseconds: 300 };
    guard = createGuard({ issuer: provider.issuer, resource, publicUrl, ...client, ...times });
    server = createServer(
      protect(guard, (_, response, { subject }) => void response.end(`hello ${subject}`), {
        scope: ['models:call'],
      }),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  async function stop(): Promise<void> {
    await guard.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }

  function alive(changes: Record<string, unknown> = {}): void {
    const answer = { active: true, client_id: 'app', sub: 'person', aud: resource, scope: 'models:call' };
    provider.answer = (response) =>
      response.end(JSON.stringify({ ...answer, cnf: { jkt: key.jkt }, token_type: 'DPoP', ...changes }));
  }

  async function call(
    headers: Record<string, string | string[]>,
    method: 'GET' | 'OPTIONS' = 'GET',
  ): Promise<Reply> {
    const response = await request(address + target, { method, headers });
    return { status: response.statusCode, headers: response.headers, body: await response.body.text() };
  }

  async function proofWith(nonce?: string, signer = key, url = publicUrl + target): Promise<string> {
    const claims = { method: 'GET', url, accessToken: token, ...(nonce !== undefined && { nonce }) };
    return createProof(signer, claims, { clock, random: systemRandom });
  }

  async function freshNonce(): Promise<string> {
    const { headers } = await call({ authorization: `DPoP ${token}`, dpop: await proofWith() });
    return String(headers['dpop-nonce']);
  }

  async function bound(proof: string | string[], presented = token): Promise<Reply> {
    return call({ authorization: `DPoP ${presented}`, dpop: proof });
  }

  function challenged(reply: Reply, error: string): void {
    assert.equal(reply.status, 401, reply.body);
    assert.match(String(reply.headers['www-authenticate']), new RegExp(`^DPoP error="${error}"`));
    assert.equal(reply.headers['access-control-expose-headers']?.includes('DPoP-Nonce'), true);
    assert.equal(reply.headers['cache-control'], 'no-store');
  }

  it('lets in the holder of the key', async () => {
    const reply = await bound(await proofWith(await freshNonce()));
    assert.equal(reply.status, 200);
    assert.equal(reply.body, 'hello person');
  });

  it('authenticates itself with form-encoded client_secret_basic and asks by POST', async () => {
    await bound(await proofWith(await freshNonce()));
    const [question] = provider.questions;
    const credentials = Buffer.from(
      question?.authorization?.replace('Basic ', '') ?? '',
      'base64',
    ).toString();
    assert.equal(credentials, 'gate+way:se%3Acret%25');
    assert.equal(question?.form.get('token'), token);
    assert.equal(question?.form.get('token_type_hint'), 'access_token');
  });

  it('asks anew for every call, so that a revocation counts at once', async () => {
    const nonce = await freshNonce();
    assert.equal((await bound(await proofWith(nonce))).status, 200);
    provider.answer = (response) => response.end('{"active":false}');
    challenged(await bound(await proofWith(nonce)), 'invalid_token');
  });

  it('tells a caller without credentials how to authenticate', async () => {
    const reply = await call({});
    assert.equal(reply.status, 401);
    assert.equal(reply.headers['www-authenticate'], 'DPoP algs="ES256 EdDSA Ed25519"');
  });

  it('refuses a bound token as Bearer, with or without its proof, and asks nobody', async () => {
    const nonce = await freshNonce();
    challenged(await call({ authorization: `Bearer ${token}` }), 'invalid_token');
    const dpop = await proofWith(nonce);
    challenged(await call({ authorization: `Bearer ${token}`, dpop }), 'invalid_token');
    assert.equal(provider.questions.length, 0);
  });

  it('refuses a token without a proof, and two proofs', async () => {
    challenged(await call({ authorization: `DPoP ${token}` }), 'invalid_dpop_proof');
    const nonce = await freshNonce();
    challenged(await bound([await proofWith(nonce), await proofWith(nonce)]), 'invalid_dpop_proof');
  });

  it('refuses the proof of another key', async () => {
    const thief = await generateProofKey();
    challenged(await bound(await proofWith(await freshNonce(), thief)), 'invalid_token');
  });

  it('refuses a proof for another server or another token', async () => {
    const nonce = await freshNonce();
    challenged(
      await bound(await proofWith(nonce, key, `https://other.example${target}`)),
      'invalid_dpop_proof',
    );
    challenged(
      await bound(await proofWith(nonce), newAccessToken(systemRandom, 1_900_000_000)),
      'invalid_dpop_proof',
    );
  });

  it('takes no word of Host and X-Forwarded-* for its own address', async () => {
    const dpop = await proofWith(await freshNonce(), key, `http://evil.example${target}`);
    const forged = { host: 'evil.example', 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'http' };
    challenged(await call({ ...forged, authorization: `DPoP ${token}`, dpop }), 'invalid_dpop_proof');
  });

  it('accepts a proof once among 25 at the same time', async () => {
    const proof = await proofWith(await freshNonce());
    const replies = await Promise.all(Array.from({ length: 25 }, () => bound(proof)));
    assert.equal(replies.filter(({ status }) => status === 200).length, 1);
    assert.equal(replies.filter(({ status }) => status === 401).length, 24);
  });

  it('refuses a proof that was used before a restart', async () => {
    const proof = await proofWith(await freshNonce());
    assert.equal((await bound(proof)).status, 200);
    await stop();
    await start();
    challenged(await bound(proof), 'use_dpop_nonce');
  });

  it('demands its own nonce and gives one, which lives two minutes', async () => {
    challenged(await bound(await proofWith()), 'use_dpop_nonce');
    challenged(await bound(await proofWith('made-up')), 'use_dpop_nonce');
    const nonce = await freshNonce();
    clock.advance(120);
    const stale = await bound(await proofWith(nonce));
    challenged(stale, 'use_dpop_nonce');
    assert.notEqual(stale.headers['dpop-nonce'], nonce);
  });

  it('hands out the next nonce on an answer', async () => {
    const nonce = await freshNonce();
    assert.equal((await bound(await proofWith(nonce))).headers['dpop-nonce'], undefined);
    clock.advance(60);
    const { status, headers } = await bound(await proofWith(nonce));
    assert.equal(status, 200);
    assert.notEqual(headers['dpop-nonce'] ?? nonce, nonce);
  });

  it('refuses a token for another resource and one that lacks the scope', async () => {
    const nonce = await freshNonce();
    alive({ aud: 'https://other.example' });
    challenged(await bound(await proofWith(nonce)), 'invalid_token');
    alive({ scope: 'models:read' });
    const reply = await bound(await proofWith(nonce));
    assert.equal(reply.status, 403);
    assert.match(
      String(reply.headers['www-authenticate']),
      /error="insufficient_scope".*scope="models:call"/,
    );
  });

  it('lets nobody in while the authorization server errs, rambles, is slow or is away', async () => {
    const nonce = await freshNonce();
    const unavailable = async (): Promise<void> => {
      const reply = await bound(await proofWith(nonce));
      assert.equal(reply.status, 503);
      assert.equal(reply.headers['retry-after'], '1');
      assert.equal(reply.headers['www-authenticate'], undefined);
    };
    for (const answer of [
      ...[302, 401, 500].map((status) => ({ status, body: '{"active":true}' })),
      ...['', 'nonsense', '[]', '{}', '{"active":"true"}', 'null'].map((body) => ({ status: 200, body })),
      { status: 200, body: JSON.stringify({ active: true, padding: 'x'.repeat(100_000) }) },
    ]) {
      provider.answer = (response) => response.writeHead(answer.status).end(answer.body);
      await unavailable();
    }
    provider.answer = () => undefined;
    await unavailable();
    await provider.close();
    await unavailable();
  });

  it('recovers by itself when the authorization server is back', async () => {
    const nonce = await freshNonce();
    provider.answer = (response) => response.destroy();
    assert.equal((await bound(await proofWith(nonce))).status, 503);
    alive();
    assert.equal((await bound(await proofWith(nonce))).status, 200);
  });

  it('asks once more when a kept connection was closed under it', async () => {
    const nonce = await freshNonce();
    const answer = provider.answer;
    provider.answer = (response) => {
      provider.answer = answer;
      response.destroy();
    };
    assert.equal((await bound(await proofWith(nonce))).status, 200);
  });

  it('answers the preflight of a browser app', async () => {
    const reply = await call(
      { origin: 'https://app.example', 'access-control-request-method': 'POST' },
      'OPTIONS',
    );
    assert.equal(reply.status, 204);
    assert.equal(reply.headers['access-control-allow-origin'], '*');
    assert.match(String(reply.headers['access-control-allow-headers']), /DPoP/);
  });
});
