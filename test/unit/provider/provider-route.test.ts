import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT, type JWK } from 'jose';
import { Provider, type AdapterFactory, type AdapterPayload } from 'oidc-provider';
import { instance, publishKeys, sendNextNonce, validateDpop } from '../../../src/provider/internals.js';
import { providerRoute, type RouteHandler } from '../../../src/provider/provider-route.js';
import { proofForge } from '../../support/hand-made-proof.js';

const form = 'application/x-www-form-urlencoded';
const secret = 'a-secret-of-the-test';
const basic = { authorization: `Basic ${Buffer.from(`rs:${secret}`).toString('base64')}` };
const servers: Server[] = [];

async function signingKey(): Promise<JWK> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  return { ...(await exportJWK(privateKey)), alg: 'ES256', use: 'sig' };
}

/** All that client authentication needs of an adapter: the replay memory. */
function rowsInMemory(): AdapterFactory {
  const rows = new Map<string, AdapterPayload>();
  return () => ({
    upsert: async (id, payload) => void rows.set(id, payload),
    find: async (id) => rows.get(id),
    findByUid: async () => undefined,
    findByUserCode: async () => undefined,
    consume: async () => undefined,
    destroy: async () => undefined,
    revokeByGrantId: async () => undefined,
  });
}

/** A plain oidc-provider on a free port, with or without our handler on one of its routes. */
async function serve(name?: string, handler: RouteHandler = async (ctx) => void (ctx.body = { ours: true })) {
  const server = createServer();
  servers.push(server.listen(0, '127.0.0.1'));
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const assertionKey = await generateKeyPair('ES256', { extractable: true });
  const provider = new Provider(url, {
    adapter: rowsInMemory(),
    clientBasedCORS: () => false,
    jwks: { keys: [await signingKey()] },
    clientDefaults: {
      id_token_signed_response_alg: 'ES256',
      introspection_signed_response_alg: 'ES256',
      grant_types: [],
      response_types: [],
    },
    clients: [
      { client_id: 'rs', client_secret: secret, redirect_uris: [] },
      { client_id: 'public', token_endpoint_auth_method: 'none', redirect_uris: [] },
      {
        client_id: 'asserting',
        token_endpoint_auth_method: 'private_key_jwt',
        redirect_uris: [],
        jwks: { keys: [await exportJWK(assertionKey.publicKey)] },
      },
    ] as never,
    features: {
      devInteractions: { enabled: false },
      introspection: { enabled: true },
      jwtIntrospection: { enabled: true },
      revocation: { enabled: true },
      dPoP: { enabled: true, nonceSecret: Buffer.alloc(32, 5) },
    },
  });
  const refused: string[] = [];
  provider.on(
    'usage.error' as never,
    ((_ctx: unknown, error: Error) => void refused.push(error.message)) as never,
  );
  if (name !== undefined) {
    const route = { name, path: `/${name}`, parameters: ['token'], errorEvent: 'usage.error' } as const;
    provider.use(providerRoute(provider, route, handler) as never);
  }
  server.on('request', provider.callback() as RequestListener);
  return { url, provider, refused, assertionKey: assertionKey.privateKey };
}

const post = (url: string, body: string, headers: Record<string, string> = {}) =>
  fetch(url, { method: 'POST', body, headers: { 'content-type': form, ...headers } });

describe('a route of ours inside oidc-provider', () => {
  afterEach(() => {
    for (const server of servers.splice(0)) server.close().closeAllConnections();
  });

  it('takes the place of the stock route, in every spelling that its router takes', async () => {
    const { url } = await serve('introspection');
    for (const path of ['/token/introspection', '/token/introspection/', '/TOKEN/Introspection']) {
      const answer = await post(url + path, 'token=x', basic);
      assert.deepEqual([answer.status, await answer.json()], [200, { ours: true }]);
      assert.equal(answer.headers.get('cache-control'), 'no-store');
    }
  });

  it('refuses as the stock route does', async () => {
    const [ours, stock] = [await serve('introspection'), await serve()];
    const wrong = { authorization: `Basic ${Buffer.from('rs:wrong').toString('base64')}` };
    const requests: Record<string, [string, Record<string, string>]> = {
      'no client': ['token=x', {}],
      'wrong secret': ['token=x', wrong],
      'unknown client': ['token=x&client_id=nobody', {}],
      'two mechanisms': ['token=x&client_secret=x', basic],
      'token twice': ['token=x&token=y', basic],
      'client_id twice': ['token=x&client_id=rs&client_id=rs', basic],
      'too large': [`token=${'x'.repeat(60_000)}`, basic],
      'not a form': ['{}', { ...basic, 'content-type': 'application/json' }],
      'foreign origin': ['token=x', { ...basic, origin: 'https://evil.example' }],
    };
    for (const [name, [body, headers]] of Object.entries(requests)) {
      const answers = await Promise.all(
        [ours, stock].map(async ({ url }) => {
          const answer = await post(`${url}/token/introspection`, body, headers);
          const challenge = answer.headers.get('www-authenticate')?.replace(url, 'ISSUER');
          const origin = answer.headers.get('access-control-allow-origin');
          return [answer.status, await answer.json(), challenge, origin, answer.headers.get('vary')];
        }),
      );
      assert.deepEqual(answers[0], answers[1], name);
      assert.ok((answers[0]?.[0] as number) >= 400, name);
    }
    assert.equal(ours.refused.length, Object.keys(requests).length);
  });

  it('knows itself as audience of client assertions, and takes each but once', async () => {
    const { url, assertionKey } = await serve('introspection');
    const assertion = (audience: string) =>
      new SignJWT({ iss: 'asserting', sub: 'asserting', aud: audience, jti: crypto.randomUUID() })
        .setProtectedHeader({ alg: 'ES256' })
        .setIssuedAt()
        .setExpirationTime('1 minute')
        .sign(assertionKey);
    const send = (value: string) =>
      post(
        `${url}/token/introspection`,
        new URLSearchParams({
          token: 'x',
          client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
          client_assertion: value,
        }).toString(),
      );
    const good = await assertion(`${url}/token/introspection`);
    assert.equal((await send(good)).status, 200);
    assert.equal((await send(good)).status, 401);
    assert.equal((await send(await assertion(url))).status, 200);
    assert.equal((await send(await assertion('https://other.example'))).status, 401);
  });

  it('adds an endpoint that oidc-provider lacks, with its own htu, nonce and preflight', async () => {
    const keys: string[] = [];
    const { url, provider } = await serve('calls', async (ctx) => {
      const proof = await validateDpop(provider, ctx);
      keys.push(proof?.thumbprint ?? 'none');
      sendNextNonce(provider, ctx as never);
      ctx.body = { endpoint: ctx.oidc.urlFor('calls') };
    });
    const now = Math.floor(Date.now() / 1000);
    const forge = await proofForge('ES256', { jti: 'one', htm: 'POST', htu: `${url}/calls`, iat: now });
    const answer = await post(`${url}/calls`, 'token=x&client_id=public', { dpop: await forge.sign() });
    assert.deepEqual([answer.status, await answer.json()], [200, { endpoint: `${url}/calls` }]);
    assert.ok(answer.headers.get('dpop-nonce'));
    const elsewhere = await forge.sign({ htu: `${url}/token` });
    const refused = await post(`${url}/calls`, 'token=x&client_id=public', { dpop: elsewhere });
    assert.deepEqual(
      [refused.status, ((await refused.json()) as { error: string }).error],
      [400, 'invalid_dpop_proof'],
    );
    assert.equal(keys.length, 1);

    const preflight = await fetch(`${url}/calls`, {
      method: 'OPTIONS',
      headers: { origin: 'https://app.example', 'access-control-request-method': 'POST' },
    });
    assert.equal(preflight.status, 204);
    assert.equal(preflight.headers.get('access-control-allow-origin'), 'https://app.example');
    assert.equal(preflight.headers.get('access-control-allow-methods'), 'POST');
  });

  it('turns a failure of ours into a 500 that tells nothing', async () => {
    const { url } = await serve('introspection', () => Promise.reject(new Error('a secret reason')));
    const answer = await post(`${url}/token/introspection`, 'token=x', basic);
    assert.equal(answer.status, 500);
    assert.ok(!(await answer.text()).includes('secret'));
  });

  it('publishes keys that verify and never sign', async () => {
    const { provider } = await serve();
    const [retired, own] = [await signingKey(), [...instance(provider).keystore][0]];
    const { d: _d, ...retiredPublic } = { ...retired, kid: 'retired' };
    const { d: _own, ...ownPublic } = own as JWK;
    publishKeys(provider, [ownPublic as never, retiredPublic as never]);
    assert.deepEqual(
      instance(provider).jwks.keys.map((key) => key.kid),
      [own?.kid, 'retired'],
    );
    const store = instance(provider).keystore as unknown as {
      selectForSign(wish: object): JWK[];
      selectForVerify(wish: object): JWK[];
    };
    assert.deepEqual(
      store.selectForSign({ alg: 'ES256' }).map((key) => key.kid),
      [own?.kid],
    );
    assert.equal(store.selectForVerify({ alg: 'ES256', kid: 'retired' }).length, 1);
  });
});
