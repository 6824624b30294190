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

    it('lets nobody in when nobody answers at /authz', async () => {
      const token = await models.token();
      await models.stopGateway();
      const { status, headers } = await models.call(echo, token, asking('echo'));
      assert.equal(status, 503);
      assert.equal(headers.get('retry-after'), '1');
    });
  });
}
