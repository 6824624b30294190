import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { request } from 'undici';
import { readSettings } from '../../src/gateway/standalone/read-settings.js';
import { startStandaloneGateway, type StandaloneGateway } from '../../src/gateway/standalone/start.js';
import { sha256 } from '../../src/lib/hashing.js';
import { systemRandom } from '../../src/lib/random.js';
import { createLogger } from '../../src/observability/logger.js';
import { createProof, generateProofKey, type ProofKey } from '../../src/proof/create-proof.js';
import { secretOf } from '../support/clients.js';
import { FakeModelProvider } from '../support/fake-model-provider.js';
import { startHoldfast, type Holdfast } from '../support/harness.js';
import { mintToken, storeCaller } from '../support/model-caller.js';
import { bearerAllowed } from '../support/observing.js';

const path = '/v1/chat/completions';
const prices = fileURLToPath(new URL('../../../examples/standalone-gateway/prices.json', import.meta.url));
/** Of its own: what bearer credentials spend in a day is counted by resource. */
const resource = 'https://standalone.models.test/';
const resources = [
  {
    identifier: resource,
    scope: 'model:call model:read',
    resource_servers: ['rs-a'],
    dangerously_allow_bearer: { ...bearerAllowed, cap_per_credential: '5', cap_in_all: '50' },
  },
];
const messages = [{ role: 'user', content: 'hello' }];

for (const mode of ['local', 'remote']) {
  describe(`the standalone gateway in ${mode} mode, before the real Holdfast`, () => {
    let holdfast: Holdfast;
    let provider: FakeModelProvider;
    let gateway: StandaloneGateway;
    let holder: { readonly key: ProofKey; readonly token: string };
    before(async () => {
      [holdfast, provider] = await Promise.all([startHoldfast({ resources }), FakeModelProvider.open()]);
      const secrets = { clientSecret: secretOf('rs-a'), upstreamKey: 'key-of-the-provider' };
      const wish = {
        upstream: provider.url,
        issuer: holdfast.issuer,
        resource,
        dangerouslyAllowBearer: true,
        clientId: 'rs-a',
        mode,
      };
      const read = readSettings({ ...wish, prices, port: '0', managementPort: '0', drain: '0' }, secrets);
      assert.ok(read.ok);
      const log = createLogger({ log_level: 'error' }, { write: () => {} });
      const parts = { log, clock: holdfast.clock, random: systemRandom, secrets, environment: {} };
      gateway = await startStandaloneGateway(read.settings, parts);
      const key = await generateProofKey();
      const family = await storeCaller(holdfast);
      holder = { key, token: await mintToken(holdfast, family, { jkt: key.jkt, audience: resource }) };
    });
    after(async () => {
      await gateway.close();
      await Promise.all([provider.close(), holdfast.close()]);
    });

    const call = async (model: string) => {
      const { key, token } = holder;
      const claims = { method: 'POST', url: new URL(path, resource).href, accessToken: token };
      let nonce: string | undefined;
      const send = async () => {
        const asked = { ...claims, ...(nonce !== undefined && { nonce }) };
        const dpop = await createProof(key, asked, { clock: holdfast.clock, random: systemRandom });
        const answer = await request(`http://127.0.0.1:${gateway.port}${path}`, {
          method: 'POST',
          headers: { authorization: `DPoP ${token}`, dpop },
          body: JSON.stringify({ model, messages }),
        });
        nonce = String(answer.headers['dpop-nonce']);
        return { status: answer.statusCode, headers: answer.headers, body: await answer.body.json() };
      };
      const first = await send();
      return first.status === 401 && nonce !== 'undefined' ? send() : first;
    };

    it('serves a cheap model, and asks for the person before a dear one', async () => {
      assert.equal((await call('echo')).status, 200);
      assert.equal(JSON.parse(provider.last.body)['model'], 'echo');
      const asked = provider.seen.length;
      const { headers, body } = await call('echo-frontier');
      assert.match(String(headers['www-authenticate']), /^DPoP error="insufficient_/);
      assert.ok('authorization_details' in (body as object));
      assert.equal(provider.seen.length, asked);
    });

    it('serves a bearer credential that was imported, tells that it will not, and hands it on to nobody', async () => {
      const { accountId } = await storeCaller(holdfast);
      const credential = `sk-${randomBytes(24).toString('hex')}`;
      const imported = {
        digest: sha256(credential),
        resource,
        accountId,
        prefix: undefined,
        label: undefined,
      };
      await holdfast.storage.legacyCredentials.import([imported], new Date(holdfast.clock.now()));
      const send = (model: string) =>
        request(`http://127.0.0.1:${gateway.port}${path}`, {
          method: 'POST',
          headers: { authorization: `Bearer ${credential}` },
          body: JSON.stringify({ model, messages, max_tokens: 5 }),
        });
      const served = await send('echo');
      assert.equal(served.statusCode, 200, await served.body.text());
      assert.equal(served.headers['holdfast-would-refuse'], 'token_presented_as_bearer');
      assert.equal(JSON.stringify(provider.last).includes(credential), false);
      const asked = provider.seen.length;
      const dear = await send('echo-frontier');
      assert.equal(dear.statusCode, 403, await dear.body.text());
      assert.equal(provider.seen.length, asked);
    });
  });
}
