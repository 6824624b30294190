import { strict as assert } from 'node:assert';
import { setTimeout as wait } from 'node:timers/promises';
import { assertionClient, machineGrant, type AssertionClient } from '../support/assertion-client.js';
import { callback, secretOf, testClients } from '../support/clients.js';
import { Device } from '../support/device.js';
import { startHoldfast, type Holdfast } from '../support/harness.js';
import { listen, type Listener } from '../support/listener.js';
import { authorizeUrl, clientCredentials, goThrough, logIn, pkce, redeem } from '../support/login.js';
import { formWith, Visitor } from '../support/visitor.js';

/*
 * Threat 29: whoever registers a client chooses addresses that we fetch. None may lead into our own network, and not
 * even a TCP connection may be seen there: it would tell which ports are open.
 */
const spellings = [
  'http://127.0.0.1',
  'http://localhost',
  'http://127.1',
  'http://2130706433',
  'http://0x7f.0.0.1',
  'http://0177.0.0.1',
  'http://0',
  'http://[::ffff:127.0.0.1]',
  'http://[::ffff:7f00:1]',
  'http://[::1]',
  'http://[::]',
  'http://[0:0:0:0:0:0:0:1]',
  'http://localhost.',
  'http://x.localhost',
];

describe('threat 29: an address that a client chose', () => {
  let inside: Listener;
  let inside6: Listener;
  let holdfast: Holdfast;
  let clients: AssertionClient[];
  let device: Device;

  const addressOf = (spelling: string) =>
    `${spelling}:${/\[::1?\]|\[0:/.test(spelling) ? inside6.port : inside.port}`;
  const connections = () => inside.connections + inside6.connections;

  before(async () => {
    inside = await listen();
    inside6 = await listen(undefined, '::1');
    clients = await Promise.all(spellings.map((_, index) => assertionClient(`fetching-${index}`)));
    const [template] = clients;
    const fetching = clients.map(({ clientId }, index) => {
      const { jwks: _jwks, ...rest } = { jwks: undefined, ...template?.metadata };
      return { ...rest, client_id: clientId, jwks_uri: `${addressOf(spellings[index] ?? '')}/jwks` };
    });
    const listening = spellings.map((spelling, index) => ({
      client_id: `listening-${index}`,
      client_secret: secretOf(`listening-${index}`),
      redirect_uris: [callback],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      backchannel_logout_uri: `${addressOf(spelling)}/logout`,
    }));
    const adorned = {
      ...testClients.find(({ client_id }) => client_id === 'spa'),
      client_id: 'adorned',
      ...Object.fromEntries(
        ['logo_uri', 'client_uri', 'policy_uri', 'tos_uri', 'initiate_login_uri'].map((name) => [
          name,
          name === 'initiate_login_uri' ? `https://localhost:${inside.port}/` : `${inside.url}/${name}`,
        ]),
      ),
    };
    holdfast = await startHoldfast({ clients: [...testClients, ...fetching, ...listening, adorned] });
    device = await Device.create();
    await clientCredentials(holdfast.issuer, device);
  });
  after(async () => {
    await holdfast.close();
    await inside.close();
    await inside6.close();
  });

  it('would be heard, so that hearing nothing means something', async () => {
    assert.equal(connections(), 0);
    const [own, own6] = [await listen(), await listen(undefined, '::1')];
    await fetch(own.url);
    await fetch(own6.url);
    assert.deepEqual([own.connections, own6.connections], [1, 1]);
    await own.close();
    await own6.close();
  });

  spellings.forEach((spelling, index) => {
    it(`as jwks_uri is not connected to: ${spelling}`, async () => {
      const client = clients[index];
      assert.ok(client);
      const form = { ...machineGrant, ...client.form(await client.assertion(holdfast.issuer)) };
      const { status, body } = await device.post({ url: `${holdfast.issuer}/token`, form });
      assert.equal(status, 401, JSON.stringify(body));
      assert.equal(connections(), 0);
    });

    it(`as backchannel_logout_uri is not connected to, and the logout works: ${spelling}`, async () => {
      const login = await logIn({ issuer: holdfast.issuer, clientId: `listening-${index}` });
      assert.equal((await redeem(holdfast.issuer, login, device)).status, 200);
      const page = await login.visitor.get(`${holdfast.issuer}/logout`);
      const { action, fields } = formWith(page, 'logout');
      assert.equal((await login.visitor.post(action, fields)).status, 303);
      await wait(30);
      assert.equal(connections(), 0);
    });
  });

  it('in any other metadata is never fetched by us, and no picture on our pages', async () => {
    const visitor = new Visitor();
    const url = authorizeUrl({ issuer: holdfast.issuer, clientId: 'adorned' }, pkce().challenge);
    const page = await visitor.follow(await visitor.get(url));
    assert.equal(page.status, 200);
    assert.doesNotMatch(page.text, /<img|logo_uri/);
    assert.match(
      (await goThrough(visitor, url, 'ada')).location ?? '',
      /^https:\/\/app\.test\/callback\?code=/,
    );
    assert.equal(connections(), 0);
  });

  it('in a request of a stranger is never fetched', async () => {
    for (const name of ['request_uri', 'redirect_uri', 'resource', 'id_token_hint', 'login_hint', 'claims']) {
      const parameters = { [name]: `${inside.url}/${name}` };
      await new Visitor().get(authorizeUrl({ issuer: holdfast.issuer, parameters }, pkce().challenge));
    }
    assert.equal(connections(), 0);
  });
});

describe('threat 29: an address that may be fetched', () => {
  let holdfast: Holdfast;
  let inside: Listener;
  let outside: Listener;
  let device: Device;
  const clients = new Map<string, AssertionClient>();

  before(async () => {
    inside = await listen();
    outside = await listen(({ url }, response) => {
      if (url === '/redirecting') response.writeHead(302, { location: `${inside.url}/jwks` }).end();
      else if (url === '/endless')
        response.end(
          JSON.stringify({ keys: [clients.get('endless')?.publicJwk], padding: 'x'.repeat(1_000_000) }),
        );
      else {
        response.writeHead(200).write('{"keys":');
        setTimeout(() => response.end('[]}'), 7_000).unref();
      }
    });
    for (const name of ['redirecting', 'endless', 'slow']) clients.set(name, await assertionClient(name));
    holdfast = await startHoldfast({
      clients: [
        ...testClients,
        ...[...clients.values()].map(({ clientId, metadata }) => {
          const { jwks: _jwks, ...rest } = metadata;
          return { ...rest, jwks_uri: `${outside.url}/${clientId}` };
        }),
      ],
      dangerously_allow_private_network_fetch: true,
    });
    device = await Device.create();
    await clientCredentials(holdfast.issuer, device);
  });
  after(async () => {
    await holdfast.close();
    await inside.close();
    await outside.close();
  });

  for (const [name, words] of [
    ['redirecting', 'does not lead to another one by a redirect'],
    ['endless', 'is not read beyond 64 kB'],
    ['slow', 'is not waited for longer than 2.5 seconds'],
  ] as const) {
    it(words, async () => {
      const client = clients.get(name);
      assert.ok(client);
      const form = { ...machineGrant, ...client.form(await client.assertion(holdfast.issuer)) };
      const started = Date.now();
      const { status } = await device.post({ url: `${holdfast.issuer}/token`, form });
      assert.equal(status, 401);
      assert.ok(Date.now() - started < 5_000, `${Date.now() - started} ms`);
      assert.ok(outside.paths.includes(`/${name}`));
      assert.equal(inside.connections, 0);
    });
  }
});
