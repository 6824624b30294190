import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { systemTimers } from '../../src/gateway/timers.js';
import { generateProofKey } from '../../src/proof/create-proof.js';
import { GuardedServer, type Reply } from '../support/guarded-server.js';
import { manualClock } from '../support/manual-clock.js';
import { Notices } from '../support/notices.js';

describe('a gateway behind the guard', () => {
  let gateway: GuardedServer;
  beforeEach(async () => {
    gateway = await GuardedServer.start();
  });
  afterEach(() => gateway.close());

  function challenged(reply: Reply, error: string): void {
    assert.equal(reply.status, 401, reply.body);
    assert.equal(reply.error, error);
    assert.equal(reply.headers['access-control-expose-headers']?.includes('DPoP-Nonce'), true);
    assert.equal(reply.headers['cache-control'], 'no-store');
  }

  it('lets in the holder of the key', async () => {
    const reply = await gateway.bound(await gateway.proof(await gateway.nonce()));
    assert.equal(reply.status, 200);
    assert.equal(reply.body, 'hello person');
  });

  it('authenticates itself with form-encoded client_secret_basic and asks by POST', async () => {
    await gateway.bound(await gateway.proof(await gateway.nonce()));
    const [question] = gateway.provider.questions;
    const credentials = Buffer.from(
      question?.authorization?.replace('Basic ', '') ?? '',
      'base64',
    ).toString();
    assert.equal(credentials, 'gate+way:se%3Acret%25');
    assert.equal(question?.form.get('token'), gateway.token);
    assert.equal(question?.form.get('token_type_hint'), 'access_token');
  });

  it('asks anew for every call, so that a revocation counts at once', async () => {
    const nonce = await gateway.nonce();
    assert.equal((await gateway.bound(await gateway.proof(nonce))).status, 200);
    gateway.provider.answer = (response) => response.end('{"active":false}');
    challenged(await gateway.bound(await gateway.proof(nonce)), 'invalid_token');
  });

  it('tells a caller without credentials how to authenticate', async () => {
    const reply = await gateway.call({});
    assert.equal(reply.status, 401);
    const metadata = `${gateway.origin}/.well-known/oauth-protected-resource/v1`;
    const expected = `DPoP algs="ES256 EdDSA Ed25519", resource_metadata="${metadata}"`;
    assert.equal(reply.headers['www-authenticate'], expected);
  });

  it('asks nobody about a Bearer', async () => {
    challenged(await gateway.call({ authorization: `Bearer ${gateway.token}` }), 'invalid_token');
    assert.equal(gateway.provider.questions.length, 0);
  });

  it('refuses two proofs', async () => {
    const nonce = await gateway.nonce();
    const both = [await gateway.proof(nonce), await gateway.proof(nonce)];
    challenged(await gateway.bound(both), 'invalid_dpop_proof');
  });

  it('says which error it is: of the token or of the proof', async () => {
    const nonce = await gateway.nonce();
    const thief = await generateProofKey();
    challenged(await gateway.bound(await gateway.proof(nonce, thief)), 'invalid_token');
    const elsewhere = await gateway.proof(nonce, gateway.key, 'https://other.example/');
    challenged(await gateway.bound(elsewhere), 'invalid_dpop_proof');
    challenged(await gateway.bound(await gateway.proof()), 'use_dpop_nonce');
  });

  it('hands out the next nonce on an answer', async () => {
    const nonce = await gateway.nonce();
    assert.equal((await gateway.bound(await gateway.proof(nonce))).headers['dpop-nonce'], undefined);
    gateway.clock.advance(60);
    const { status, headers } = await gateway.bound(await gateway.proof(nonce));
    assert.equal(status, 200);
    assert.notEqual(headers['dpop-nonce'] ?? nonce, nonce);
  });

  it('names the scope that a token lacks', async () => {
    gateway.introspectsAs({ scope: 'models:read' });
    const reply = await gateway.bound(await gateway.proof(await gateway.nonce()));
    assert.equal(reply.status, 403);
    assert.match(
      String(reply.headers['www-authenticate']),
      /error="insufficient_scope".*scope="models:call"/,
    );
  });

  it('lets nobody in while the authorization server errs, rambles, is slow or is away', async () => {
    const nonce = await gateway.nonce();
    const unavailable = async (): Promise<void> => {
      const reply = await gateway.bound(await gateway.proof(nonce));
      assert.equal(reply.status, 503);
      assert.equal(reply.headers['retry-after'], '1');
      assert.equal(reply.headers['www-authenticate'], undefined);
    };
    for (const answer of [
      ...[302, 401, 500].map((status) => ({ status, body: '{"active":true}' })),
      ...['', 'nonsense', '[]', '{}', '{"active":"true"}', 'null'].map((body) => ({ status: 200, body })),
      { status: 200, body: JSON.stringify({ active: true, padding: 'x'.repeat(100_000) }) },
    ]) {
      gateway.provider.answer = (response) => response.writeHead(answer.status).end(answer.body);
      await unavailable();
    }
    gateway.provider.answer = () => undefined;
    await unavailable();
    await gateway.provider.close();
    await unavailable();
  });

  it('tells its operator why, at once and then now and again, what the client is not told', async () => {
    const notices = new Notices();
    const monotonic = manualClock();
    await gateway.restart({ onNotice: notices.hear }, { monotonic, timers: systemTimers });
    const nonce = await gateway.nonce();
    const unavailable = async (): Promise<void> => {
      assert.equal((await gateway.bound(await gateway.proof(nonce))).status, 503);
    };
    const body = JSON.stringify({ error: 'invalid_client', error_description: 'wrong secret' });
    const refuse = (response: ServerResponse): void => void response.writeHead(401).end(body);
    gateway.provider.answer = refuse;
    gateway.provider.answerCall = refuse;
    for (const _ of [1, 2, 3]) await unavailable();
    monotonic.advance(10);
    assert.equal((await gateway.callModel({ model: 'echo' })).status, 503);
    gateway.introspectsAs({});
    monotonic.advance(10);
    assert.equal((await gateway.bound(await gateway.proof(nonce))).status, 200);
    const kind = 'unanswered';
    assert.deepEqual(notices.told, [
      { kind, questions: 1, detail: '/introspect answered 401: wrong secret' },
      { kind, questions: 3, detail: '/calls answered 401: wrong secret' },
    ]);
  });

  it('recovers by itself when the authorization server is back', async () => {
    const nonce = await gateway.nonce();
    gateway.provider.answer = (response) => response.destroy();
    assert.equal((await gateway.bound(await gateway.proof(nonce))).status, 503);
    gateway.introspectsAs({});
    assert.equal((await gateway.bound(await gateway.proof(nonce))).status, 200);
  });

  it('asks once more when a kept connection was closed under it', async () => {
    const nonce = await gateway.nonce();
    const answer = gateway.provider.answer;
    gateway.provider.answer = (response) => {
      gateway.provider.answer = answer;
      response.destroy();
    };
    assert.equal((await gateway.bound(await gateway.proof(nonce))).status, 200);
  });

  it('answers the preflight of a browser app', async () => {
    const asked = { origin: 'https://app.example', 'access-control-request-method': 'POST' };
    const reply = await gateway.call(asked, 'OPTIONS');
    assert.equal(reply.status, 204);
    assert.equal(reply.headers['access-control-allow-origin'], '*');
    assert.match(String(reply.headers['access-control-allow-headers']), /DPoP/);
  });
});

describe('a gateway that asks about calls', () => {
  let gateway: GuardedServer;
  beforeEach(async () => {
    gateway = await GuardedServer.start();
  });
  afterEach(() => gateway.close());

  const echo = { model: 'echo', maxCost: 12, scope: ['models:call'] };

  it('serves an allowed call after one question, which says whose key, which model and what it may cost', async () => {
    const reply = await gateway.callModel(echo);
    assert.deepEqual([reply.status, reply.body], [200, 'echo served for call_1']);
    assert.deepEqual(gateway.provider.calls, [
      { token: gateway.token, jkt: gateway.key.jkt, model: 'echo', max_cost: 12, scope: 'models:call' },
    ]);
    assert.equal(gateway.provider.questions.length, 0, 'no introspection beside');
  });

  it('refuses a body that is too long, and a model that has no name, without a question', async () => {
    const long = await gateway.callModel({ ...echo, padding: 'x'.repeat(2000) });
    assert.deepEqual([long.status, long.headers['connection']], [413, 'close']);
    for (const model of ['', 'm'.repeat(257)]) {
      assert.equal((await gateway.callModel({ ...echo, model })).status, 403);
    }
    assert.equal(gateway.provider.calls.length, 0);
  });

  it('passes on what the authorization server answered, with its own nonce and metadata', async () => {
    const body = { error: 'insufficient_user_authentication', error_description: 'Sign in.', max_age: 300 };
    gateway.authorizesAs({
      decision: 'challenge',
      introspection: { active: true },
      code: 'step_up_required',
      status: 401,
      www_authenticate: 'DPoP error="insufficient_user_authentication", max_age="300"',
      body,
    });
    const reply = await gateway.callModel(echo);
    assert.deepEqual([reply.status, JSON.parse(reply.body)], [401, body]);
    assert.ok(reply.headers['dpop-nonce']);
    assert.equal(reply.headers['cache-control'], 'no-store');
    assert.match(
      String(reply.headers['www-authenticate']),
      /^DPoP error="insufficient_user_auth.*max_age="300", resource_metadata="https[^"]+"$/,
    );
  });

  it('lets nobody in while the answer is none, is of another key, or comes too late', async () => {
    const introspection = {
      active: true,
      client_id: 'app',
      aud: gateway.resource,
      cnf: { jkt: gateway.key.jkt },
    };
    const challenge = {
      decision: 'challenge',
      introspection,
      status: 403,
      www_authenticate: 'DPoP error="x"',
      body: { error: 'x' },
    };
    for (const answer of [
      {},
      { decision: 'allow' },
      { decision: 'ALLOW', introspection },
      { decision: true, introspection },
      { ...challenge, status: 200 },
      { ...challenge, www_authenticate: 'DPoP error="x"\r\nset-cookie: a=b' },
      { ...challenge, www_authenticate: undefined },
      { ...challenge, body: 'x' },
    ]) {
      gateway.authorizesAs(answer);
      const reply = await gateway.callModel(echo);
      assert.deepEqual([reply.status, reply.headers['retry-after']], [503, '1'], JSON.stringify(answer));
    }
    for (const changes of [
      { cnf: { jkt: 'another' } },
      { active: false },
      { aud: 'https://other.example' },
    ]) {
      gateway.authorizesAs({ decision: 'allow', introspection: { ...introspection, ...changes } });
      assert.equal((await gateway.callModel(echo)).status, 401);
    }
    gateway.provider.answerCall = (response) => response.writeHead(400).end('{"error_description":"no"}');
    assert.equal((await gateway.callModel(echo)).status, 503);
    gateway.provider.answerCall = () => undefined;
    assert.equal((await gateway.callModel(echo)).status, 503);
  });
});
