import assert from 'node:assert/strict';
import { readChallenge } from '../../src/client/challenge.js';
import { startHoldfast, type Holdfast } from '../support/harness.js';
import { asResponse } from '../support/model-caller.js';
import { ProxiedModels } from '../support/proxied-models.js';
import { startExampleProxy, type RealProxy } from '../support/proxies.js';

const echo = '/echo/v1/chat/completions';
const frontier = '/echo-frontier/v1/chat/completions';
const asking = (model: string) => ({ model, messages: [{ role: 'user', content: 'hello' }] });

/** The proxies themselves, unmodified, by the configurations of examples/. */
for (const proxy of ['nginx', 'caddy'] satisfies RealProxy[]) {
  describe(`models behind ${proxy}, unmodified, which asks at /authz`, () => {
    let holdfast: Holdfast;
    let models: ProxiedModels;
    before(async () => {
      holdfast = await startHoldfast();
      models = await ProxiedModels.start({
        holdfast,
        proxy,
        start: (place) => startExampleProxy({ proxy, ...place }),
      });
    });
    afterEach(() => holdfast.clock.reset());
    after(async () => {
      await models.close();
      await holdfast.close();
    });

    const servedFor = (body: Record<string, unknown>) => body['served_for'] as Record<string, unknown>;

    it('serves a call to the holder of the key, and tells the upstream whose it is', async () => {
      const token = await models.token();
      const { status, body, headers } = await models.call(echo, token, asking('echo'));
      assert.equal(status, 200, `${JSON.stringify(body)}\n${models.log.join('')}`);
      assert.match(String(servedFor(body)['subject']), /^acc_/);
      assert.match(String(servedFor(body)['call']), /^call_/);
      const reached = servedFor(body)['headers'] as string[];
      assert.deepEqual(
        reached.filter((name) => /^(authorization|dpop|x-holdfast-proxy)$/.test(name)),
        [],
      );
      assert.equal(headers.get('access-control-allow-origin'), '*');
    });

    it('serves what calls no model, and each proof once', async () => {
      const token = await models.token();
      assert.equal((await models.call('/v1/models', token, undefined)).status, 200);
      const dpop = await models.proof('GET', '/v1/models', token);
      const sent = { authorization: `DPoP ${token}`, dpop };
      const first = await models.send('/v1/models', undefined, sent);
      assert.equal(first.status, 200, JSON.stringify([first.body, models.log.at(-1)]));
      const again = await models.send('/v1/models', undefined, sent);
      assert.deepEqual([again.status, again.body['error']], [401, 'invalid_dpop_proof']);
      assert.match(again.headers.get('www-authenticate') ?? '', /^DPoP error="invalid_dpop_proof"[^,]*, /);
    });

    it('tells a stranger how to come back: one challenge, a nonce, and never a body of the upstream', async () => {
      const { status, headers, body } = await models.send(echo, asking('echo'), {});
      assert.equal(status, 401);
      assert.match(headers.get('www-authenticate') ?? '', /^DPoP algs="[^"]+", resource_metadata="[^"]+"$/);
      assert.ok(headers.get('dpop-nonce'));
      assert.equal(headers.get('access-control-expose-headers')?.includes('DPoP-Nonce'), true);
      assert.equal(body['error'], 'invalid_token');
    });

    it('passes on what a dear model wants of the person, whole, and lets in who has approved it', async () => {
      const refused = await models.call(frontier, await models.token(), asking('echo-frontier'));
      assert.equal(refused.status, 403);
      const challenge = await readChallenge(asResponse(refused));
      assert.equal(challenge?.kind, 'approval');
      assert.ok(challenge?.authorizationDetails?.length);
      const token = await models.token({ approved: 1 });
      const served = await models.call(frontier, token, asking('echo-frontier'));
      assert.equal(served.status, 200, JSON.stringify(served.body));
      const spent = await models.call(frontier, token, asking('echo-frontier'));
      assert.equal(spent.status, 403, 'one approval pays for one call');
    });

    it('gives the next nonce with an answer, so that nobody has to be refused for it', async () => {
      // A minute later, and not at the end of one.
      holdfast.clock.advance(70 - ((holdfast.clock.now() / 1000) % 60));
      await models.call(echo, await models.token(), asking('echo'));
      holdfast.clock.advance(60);
      const { status, headers } = await models.call(echo, await models.token(), asking('echo'));
      assert.equal(status, 200);
      assert.ok(headers.get('dpop-nonce'));
    });

    it('answers browsers that ask for leave', async () => {
      const url = `http://localhost:${models.place.port}${echo}`;
      const { status, headers } = await fetch(url, { method: 'OPTIONS' });
      assert.equal(status, 204);
      assert.match(headers.get('access-control-allow-headers') ?? '', /DPoP/);
    });

    it('lets no client say what only the proxy may say', async () => {
      const token = await models.token();
      const lies = {
        'x-original-uri': '/v1/models',
        'x-original-method': 'GET',
        'x-forwarded-uri': '/v1/models',
        'x-forwarded-method': 'GET',
        'x-forwarded-host': 'evil.example',
        'x-real-ip': '198.51.100.7',
        'x-forwarded-for': '198.51.100.7',
        'x-holdfast-proxy': ['one', 'two'],
        'x-holdfast-model': ['echo-frontier', 'echo-large'],
        'x-holdfast-subject': 'acc_somebody',
        x_holdfast_subject: 'acc_somebody',
        'x-holdfast_subject': 'acc_somebody',
        'x_holdfast-subject': 'acc_somebody',
      };
      const { status, body } = await models.call(echo, token, asking('echo'), lies);
      assert.deepEqual([status, body['model']], [200, 'echo'], JSON.stringify(body));
      assert.doesNotMatch(JSON.stringify(body), /somebody|x_holdfast|x-holdfast_/);
      const dpop = await models.proof('GET', '/v1/models', token);
      const stolen = { authorization: `DPoP ${token}`, dpop, ...lies };
      assert.equal((await models.send(echo, asking('echo'), stolen)).status, 401);
    });

    it('loses none of its own fields to a client that calls them hop-by-hop', async () => {
      const connection =
        'close, X-Holdfast-Proxy, X-Holdfast-Model, X-Holdfast-Subject, X-Original-URI, X-Forwarded-Uri';
      const { status, body } = await models.call(echo, await models.token(), asking('echo'), { connection });
      assert.deepEqual([status, body['model']], [200, 'echo']);
      assert.match(String(servedFor(body)['subject']), /^acc_/);
    });

    it('refuses two proofs, two tokens and a token as Bearer', async () => {
      const token = await models.token();
      const [one, two] = [await models.proof('POST', echo, token), await models.proof('POST', echo, token)];
      const authorization = `DPoP ${token}`;
      for (const headers of [
        { authorization, dpop: [one, two] },
        { authorization: `Bearer ${token}`, dpop: one },
      ]) {
        // oxlint-disable-next-line no-await-in-loop
        const { status } = await models.send(echo, asking('echo'), headers);
        assert.ok([400, 401, 403].includes(status), String(status));
      }
    });

    it('serves no other model at a place than its own', async () => {
      const token = await models.token();
      const { status } = await models.call(echo, token, asking('echo-frontier'));
      assert.equal(status, 400, 'the upstream refuses what was not asked about');
      for (const target of [
        `/echo/..${frontier}`,
        `/echo/%2e%2e${frontier}`,
        `/echo/..%2fecho-frontier/v1/chat/completions`,
      ]) {
        // oxlint-disable-next-line no-await-in-loop
        const told = await models.call(target, token, asking('echo-frontier'));
        assert.ok([400, 401, 403, 404].includes(told.status), `${target}: ${told.status}`);
        assert.equal(told.body['model'], undefined);
      }
    });

    it('has no way through to where the proxy asks', async () => {
      const secret = { 'x-holdfast-proxy': models.place.secret };
      for (const target of [
        '/_holdfast',
        '/authz?model_from=none',
        '/echo/../authz',
        '/.well-known/../authz?model=echo',
      ]) {
        // oxlint-disable-next-line no-await-in-loop
        const { status, headers } = await models.send(target, undefined, secret);
        assert.ok([400, 401, 403, 404].includes(status), `${target}: ${status}`);
        assert.equal(headers.get('x-holdfast-client'), null);
      }
    });

    it('lets nobody in when nobody answers at /authz', async () => {
      const token = await models.token();
      await models.stopGateway();
      const { status, headers } = await models.call(echo, token, asking('echo'));
      assert.equal(status, 503);
      assert.equal(headers.get('retry-after'), '1');
    });
  });
}
