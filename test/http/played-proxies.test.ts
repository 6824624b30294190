import assert from 'node:assert/strict';
import { readChallenge } from '../../src/client/challenge.js';
import { startHoldfast, type Holdfast } from '../support/harness.js';
import { asResponse } from '../support/model-caller.js';
import { playEnvoy } from '../support/played-envoy.js';
import { playProxy } from '../support/played-proxy.js';
import { playTraefik } from '../support/played-traefik.js';
import { ProxiedModels } from '../support/proxied-models.js';

const asking = (model: string) => ({ model, messages: [{ role: 'user', content: 'hello' }] });
const cases = [
  {
    proxy: 'traefik',
    play: playTraefik,
    echo: '/echo/v1/chat/completions',
    frontier: '/echo-frontier/v1/chat/completions',
  },
  { proxy: 'envoy', play: playEnvoy, echo: '/v1/chat/completions', frontier: '/v1/chat/completions' },
] as const;

/** Neither can be installed where the tests run, so they are played (test/support/played-proxy.ts), by the configurations of examples/. */
for (const { proxy, play, echo, frontier } of cases) {
  describe(`the configuration of examples/${proxy}, played as its documentation says`, () => {
    let holdfast: Holdfast;
    let models: ProxiedModels;
    before(async () => {
      holdfast = await startHoldfast();
      const start = (place: Parameters<typeof play>[0]) => playProxy(play(place), place);
      models = await ProxiedModels.start({ holdfast, proxy, start });
    });
    after(async () => {
      await models.close();
      await holdfast.close();
    });

    it('serves a call to the holder of the key, whatever else she says', async () => {
      const lies = {
        'x-forwarded-uri': '/v1/models',
        'x-forwarded-method': 'GET',
        'x-original-uri': '/v1/models',
        'x-holdfast-proxy': ['one', 'two'],
        'x-holdfast-model': 'echo-frontier',
        'x-holdfast-subject': 'acc_somebody',
      };
      const connection =
        proxy === 'traefik' ? 'close, X-Holdfast-Model, X-Holdfast-Proxy, X-Holdfast-Subject' : 'close';
      const token = await models.token();
      const { status, body } = await models.call(echo, token, asking('echo'), { ...lies, connection });
      assert.deepEqual([status, body['model']], [200, 'echo'], JSON.stringify([body, models.log.at(-1)]));
      const served = body['served_for'] as { subject: string; call: string; headers: string[] };
      assert.match(`${served.subject} ${served.call}`, /^acc_(?!somebody)\S+ call_/);
      assert.deepEqual(
        served.headers.filter((name) => /^(authorization|dpop|x-holdfast-proxy)$/.test(name)),
        [],
      );
    });

    it('tells a stranger how to come back, and passes on whole what a dear model wants', async () => {
      const stranger = await models.send(echo, asking('echo'), {});
      assert.equal(stranger.status, 401);
      assert.match(stranger.headers.get('www-authenticate') ?? '', /^DPoP algs=/);
      assert.ok(stranger.headers.get('dpop-nonce'));
      const refused = await models.call(frontier, await models.token(), asking('echo-frontier'));
      assert.equal(refused.status, 403);
      assert.equal((await readChallenge(asResponse(refused)))?.kind, 'approval');
      const token = await models.token({ approved: 1 });
      assert.equal((await models.call(frontier, token, asking('echo-frontier'))).status, 200);
      assert.equal((await models.call(frontier, token, asking('echo-frontier'))).status, 403);
    });

    it('serves lists, says who issues tokens, and lets nobody in for another request', async () => {
      const token = await models.token();
      assert.equal((await models.call('/v1/models', token, undefined)).status, 200);
      const metadata = await models.send('/.well-known/oauth-protected-resource', undefined, {});
      assert.deepEqual(metadata.body['authorization_servers'], [holdfast.issuer]);
      const dpop = await models.proof('GET', '/v1/models', token);
      const elsewhere = await models.send(echo, asking('echo'), { authorization: `DPoP ${token}`, dpop });
      assert.equal(elsewhere.status, 401);
    });

    it('lets nobody in when nobody answers at /authz', async () => {
      const token = await models.token();
      await models.stopGateway();
      const { status } = await models.call(echo, token, asking('echo'));
      assert.equal(status, proxy === 'envoy' ? 503 : 500);
    });
  });
}
