import assert from 'node:assert/strict';
import { newAccessToken } from '../../src/lib/opaque-token.js';
import { systemRandom } from '../../src/lib/random.js';
import { assertionClient, type AssertionClient } from '../support/assertion-client.js';
import { gatewayA, gatewayB, jwtGateway, testClients, testResources } from '../support/clients.js';
import { Device, type Answer } from '../support/device.js';
import { startHoldfast, type Holdfast } from '../support/harness.js';
import { clientCredentials, signIn, type Tokens } from '../support/login.js';
import { sendAsIs } from '../support/raw-request.js';

/** Every character that means something in a form, in Basic or in a URL (RFC 6749 appendix A: VSCHAR). */
const odd = { id: 'rs a:b+c%d/&', secret: 'p+q%2B r:s=&/?"#~ 100% of thirty-two' };

describe('threat 24: a resource server by somebody else’s credentials', () => {
  let holdfast: Holdfast;
  let signed: AssertionClient;
  let joan: Tokens;

  before(async () => {
    signed = await assertionClient('rs-signed');
    const asking = { redirect_uris: [], grant_types: [], response_types: [] };
    const serversOf: Record<string, string[]> = {
      [gatewayA]: ['rs-a', 'rs-signed', odd.id],
      [gatewayB]: ['rs-b', 'rs-signed'],
    };
    holdfast = await startHoldfast({
      clients: [
        ...testClients,
        { ...signed.metadata, ...asking },
        { ...asking, client_id: odd.id, client_secret: odd.secret },
      ],
      resources: testResources.map((each) => ({
        ...each,
        resource_servers: serversOf[each.identifier] ?? each.resource_servers ?? [],
      })),
    });
    joan = await signIn({ issuer: holdfast.issuer, login: 'joan@example.test' });
  });
  after(() => holdfast.close());

  const post = (path: string, body: string, headers: Record<string, string>): Promise<Answer> =>
    sendAsIs(holdfast.issuer + path, { method: 'POST', headers, body });
  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  const json = { 'content-type': 'application/json' };
  const bodyOf = (path: string, token: string, own: Record<string, string>) =>
    path === '/calls'
      ? JSON.stringify({ token, jkt: joan.device.key.jkt, model: 'echo', ...own })
      : new URLSearchParams({ token, ...own }).toString();
  const headersOf = (path: string) => (path === '/calls' ? json : form);

  describe('by private_key_jwt', () => {
    const ask = (path: string, token: string, assertion: string) =>
      post(path, bodyOf(path, token, signed.form(assertion)), headersOf(path));

    it('is believed once for each assertion, at whichever endpoint it came first', async () => {
      for (const [path, other] of [
        ['/introspect', '/calls'],
        ['/calls', '/revoke'],
        ['/revoke', '/introspect'],
      ] as const) {
        // oxlint-disable-next-line no-await-in-loop
        const assertion = await signed.assertion(holdfast.issuer);
        // oxlint-disable-next-line no-await-in-loop
        assert.equal((await ask(path, joan.accessToken, assertion)).status, 200, path);
        for (const again of [path, other]) {
          // oxlint-disable-next-line no-await-in-loop
          const { status, body } = await ask(again, joan.accessToken, assertion);
          assert.deepEqual([status, body['error']], [401, 'invalid_client'], `${path}, then ${again}`);
        }
      }
    });

    it('is not believed with an assertion for somebody else, that is over, or of another key', async () => {
      const past = Math.floor(Date.now() / 1000) - 120;
      const stranger = await assertionClient('rs-signed');
      for (const path of ['/introspect', '/calls', '/revoke']) {
        for (const assertion of [
          signed.assertion('https://other.example'),
          signed.assertion(holdfast.issuer, { iat: past, exp: past + 60 }),
          signed.assertion(holdfast.issuer, { sub: 'rs-a' }),
          stranger.assertion(holdfast.issuer),
        ]) {
          // oxlint-disable-next-line no-await-in-loop
          const { status, body } = await ask(path, joan.accessToken, await assertion);
          assert.ok(status === 401 || status === 400, path);
          assert.deepEqual([body['active'], body['decision']], [undefined, undefined], path);
        }
      }
    });

    it('learns of the tokens of each of its resources, and of no other a byte', async () => {
      const machine = await Device.create();
      const tokenOf = async (resource: string, scope: string) =>
        String((await clientCredentials(holdfast.issuer, machine, { resource, scope })).body['access_token']);
      const seen = async (token: string) => {
        const { status, headers, body } = await ask(
          '/introspect',
          token,
          await signed.assertion(holdfast.issuer),
        );
        return { status, length: headers.get('content-length'), type: headers.get('content-type'), body };
      };
      for (const [resource, scope] of [
        [gatewayA, 'model:call'],
        [gatewayB, 'b:call'],
      ] as const) {
        // oxlint-disable-next-line no-await-in-loop
        const { body } = await seen(await tokenOf(resource, scope));
        assert.deepEqual([body['active'], body['aud']], [true, resource]);
      }
      const never = await seen(newAccessToken(systemRandom, Math.floor(Date.now() / 1000) + 300));
      assert.deepEqual(never.body, { active: false });
      assert.deepEqual(await seen(await tokenOf(jwtGateway, 'jwt:call')), never);
      assert.deepEqual(await seen(joan.refreshToken), never);
    });
  });

  describe('by Basic', () => {
    const formEncoded = (text: string) => new URLSearchParams({ x: text }).toString().slice(2);
    const basicOf = (pair: string) => ({ authorization: `Basic ${Buffer.from(pair).toString('base64')}` });
    const right = [
      basicOf(`${formEncoded(odd.id)}:${formEncoded(odd.secret)}`),
      basicOf(`${encodeURIComponent(odd.id)}:${encodeURIComponent(odd.secret)}`),
    ];

    it('is known by an id and secret of any characters, form-encoded as RFC 6749 §2.3.1 says', async () => {
      for (const authorization of right) {
        // Twice, for the first answer may be remembered; and by the ways that remember nothing.
        for (const [path, more] of [
          ['/introspect', {}],
          ['/introspect', {}],
          ['/introspect', { accept: 'application/token-introspection+jwt' }],
          ['/calls', {}],
          ['/calls', {}],
          ['/revoke', {}],
        ] as const) {
          const headers = { ...headersOf(path), ...authorization, ...more };
          // oxlint-disable-next-line no-await-in-loop
          const { status, body } = await post(path, bodyOf(path, joan.accessToken, {}), headers);
          assert.equal(status, 200, `${path} ${JSON.stringify(body)}`);
        }
      }
      const { body } = await post('/introspect', bodyOf('/introspect', joan.accessToken, {}), {
        ...form,
        ...right[0],
      });
      assert.deepEqual([body['active'], body['aud']], [true, gatewayA]);
    });

    it('is not known by anything that only decodes to nearly the same', async () => {
      const wrong = [
        `${odd.id}:${odd.secret}`,
        `${formEncoded(odd.id)}:${odd.secret}`,
        `${formEncoded(odd.id)}:${formEncoded(formEncoded(odd.secret))}`,
        `${formEncoded(odd.id)}:${formEncoded(odd.secret.replaceAll('+', ' '))}`,
        `${formEncoded(odd.id)}:${formEncoded(odd.secret)}%20`,
        `${formEncoded(odd.id)}:${formEncoded(`${odd.secret}é`)}`,
        `${formEncoded(odd.id)}:`,
        `${formEncoded(odd.id)}`,
        `${formEncoded(odd.id)}:%`,
        `${formEncoded(odd.id)}:%FF`,
        `:${formEncoded(odd.secret)}`,
      ];
      for (const pair of wrong) {
        for (const path of ['/introspect', '/calls', '/revoke']) {
          const headers = { ...headersOf(path), ...basicOf(pair) };
          // oxlint-disable-next-line no-await-in-loop
          const { status, body } = await post(path, bodyOf(path, joan.accessToken, {}), headers);
          assert.ok(status === 401 || status === 400, `${path} ${pair} ${status}`);
          assert.match(String(body['error']), /^invalid_(client|request)$/);
        }
      }
    });
  });
});
