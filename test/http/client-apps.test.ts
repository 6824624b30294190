import { strict as assert } from 'node:assert';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify, type JSONWebKeySet } from 'jose';
import { callback, gatewayA, gatewayB, jwtGateway, secretOf, testClients } from '../support/clients.js';
import { basic, Device, postForm } from '../support/device.js';
import { startHoldfast, type Holdfast } from '../support/harness.js';
import {
  authorizeUrl,
  clientCredentials,
  goThrough,
  introspect,
  logIn,
  pkce,
  redeem,
  refresh,
  signIn,
} from '../support/login.js';
import { formWith, Visitor } from '../support/visitor.js';

describe('client apps', () => {
  let holdfast: Holdfast;
  let issuer: string;
  let relyingParty: Server;
  const logoutTokens: string[] = [];

  before(async () => {
    relyingParty = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        logoutTokens.push(new URLSearchParams(body).get('logout_token') ?? '');
        response.end();
      });
    });
    await new Promise<void>((resolve) => relyingParty.listen(0, '127.0.0.1', resolve));
    const { port } = relyingParty.address() as AddressInfo;
    holdfast = await startHoldfast({
      dangerously_allow_private_network_fetch: true,
      clients: [
        ...testClients,
        {
          client_id: 'back-channel',
          client_secret: secretOf('back-channel'),
          redirect_uris: [callback],
          grant_types: ['authorization_code'],
          response_types: ['code'],
          backchannel_logout_uri: `http://127.0.0.1:${port}/logout`,
          backchannel_logout_session_required: true,
        },
      ],
    });
    ({ issuer } = holdfast);
  });
  after(async () => {
    await holdfast.close();
    relyingParty.close();
  });

  it('that run in a browser read answers, nonces and challenges from the origin they registered, and no other', async () => {
    const url = `${issuer}/token`;
    const preflight = await fetch(url, {
      method: 'OPTIONS',
      headers: {
        origin: 'https://app.test',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'dpop,content-type',
      },
    });
    assert.match(preflight.headers.get('access-control-allow-headers') ?? '', /dpop/i);
    const device = await Device.create();
    const ask = (origin: string) =>
      postForm({
        url,
        form: { grant_type: 'authorization_code', client_id: 'spa', code: 'x' },
        headers: { origin },
      });
    const own = await ask('https://app.test');
    assert.equal(own.headers.get('access-control-allow-origin'), 'https://app.test');
    const exposed = own.headers.get('access-control-expose-headers') ?? '';
    for (const header of ['DPoP-Nonce', 'WWW-Authenticate']) assert.ok(exposed.includes(header), exposed);
    const foreign = await ask('https://evil.test');
    assert.notEqual(foreign.headers.get('access-control-allow-origin'), 'https://evil.test');
    assert.ok(device.key.jkt);
  });

  it('get one audience per token: the resource named, or the one that the scopes imply', async () => {
    const login = await logIn({ issuer, resource: undefined, scope: 'openid model:call' });
    const device = await Device.create();
    const answer = await redeem(issuer, login, device);
    assert.equal((await introspect(issuer, answer.body['access_token'] as string)).body['aud'], gatewayA);
  });

  it('never get a token without an audience when a resource was granted, though the token request names none', async () => {
    const tokens = await signIn({ issuer });
    const refreshed = await refresh(issuer, tokens.refreshToken, tokens.device);
    assert.equal((await introspect(issuer, refreshed.body['access_token'] as string)).body['aud'], gatewayA);
  });

  it('cannot ask for a resource that does not exist or was not granted', async () => {
    const unknown = await clientCredentials(issuer, await Device.create(), {
      resource: 'https://nowhere.test/',
    });
    assert.deepEqual([unknown.status, unknown.body['error']], [400, 'invalid_target']);
    const login = await logIn({ issuer });
    const other = await redeem(issuer, login, await Device.create(), { resource: gatewayB });
    assert.deepEqual([other.status, other.body['error']], [400, 'invalid_target']);
  });

  it('get RFC 9068 tokens where the resource wants them, introspected like the rest', async () => {
    const answer = await clientCredentials(issuer, await Device.create(), {
      resource: jwtGateway,
      scope: 'jwt:call',
    });
    const token = answer.body['access_token'] as string;
    const keys = (await (await fetch(`${issuer}/jwks`)).json()) as JSONWebKeySet;
    const { payload } = await jwtVerify(token, createLocalJWKSet(keys), {
      issuer,
      audience: jwtGateway,
      typ: 'at+jwt',
    });
    assert.equal(payload['client_id'], 'service');
    assert.equal((await introspect(issuer, token, 'rs-jwt')).body['active'], true);
    assert.deepEqual((await introspect(issuer, token, 'rs-a')).body, { active: false });
  });

  it('get a token for a resource only by client credentials, never one without an audience', async () => {
    const device = await Device.create();
    const answer = await device.post({
      url: `${issuer}/token`,
      form: { grant_type: 'client_credentials' },
      headers: basic('service', secretOf('service')),
    });
    assert.deepEqual([answer.status, answer.body['error']], [400, 'invalid_target']);
  });

  it('that were registered for identity only get no resource, and hear why', async () => {
    const end = await goThroughOrStop({ clientId: 'bearer-only', scope: 'openid model:call' });
    assert.equal(end.get('error'), 'invalid_target');
  });

  it('see in the ID token how the person signed in, and the standard says who it is for', async () => {
    const { idToken } = await signIn({
      issuer,
      acr: 'urn:holdfast:acr:phr',
      scope: 'openid profile model:call',
    });
    const claims = decodeJwt(idToken);
    assert.equal(claims['acr'], 'urn:holdfast:acr:phr');
    assert.deepEqual(claims['amr'], ['test']);
    assert.ok(typeof claims['auth_time'] === 'number');
    assert.equal(claims.aud, 'spa');
    assert.equal(decodeProtectedHeader(idToken).alg, 'RS256');
  });

  it('are told by the back channel when the person logs out, and her tokens die with the session', async () => {
    const visitor = new Visitor();
    await logIn({ issuer, clientId: 'back-channel', visitor, scope: 'openid', resource: undefined });
    const tokens = await signIn({ issuer, visitor, scope: 'openid model:call', login: 'ada' });
    const page = await visitor.get(`${issuer}/logout?id_token_hint=${tokens.idToken}`);
    const form = formWith(page, 'logout');
    await visitor.follow(await visitor.post(form.action, form.fields));
    assert.equal(logoutTokens.length, 1);
    const [logoutToken = ''] = logoutTokens;
    assert.equal(decodeProtectedHeader(logoutToken).typ, 'logout+jwt');
    assert.equal(decodeJwt(logoutToken).sub, decodeJwt(tokens.idToken).sub);
    assert.deepEqual((await introspect(issuer, tokens.accessToken)).body, { active: false });
  });

  it('lose their tokens when they are taken out of the config file', async () => {
    const tokens = await signIn({ issuer });
    const without = await startHoldfast({
      clients: testClients.filter(({ client_id }) => client_id !== 'spa'),
    });
    try {
      assert.equal((await introspect(issuer, tokens.accessToken)).body['active'], true);
      assert.deepEqual((await introspect(without.issuer, tokens.accessToken)).body, { active: false });
    } finally {
      await without.close();
    }
  });

  it('may post their request, which becomes a GET so that the person’s cookies come along', async () => {
    const visitor = new Visitor();
    const wish = { issuer, visitor, scope: 'openid', resource: undefined };
    const { idToken } = await signIn(wish);
    const { searchParams } = new URL(
      authorizeUrl({ ...wish, parameters: { prompt: 'none' } }, pkce().challenge),
    );
    const posted = await visitor.post(`${issuer}/authorize`, Object.fromEntries(searchParams), {
      origin: 'https://app.test',
    });
    assert.equal(posted.status, 303);
    const end = await visitor.follow(posted);
    assert.ok(new URL(end.location ?? '').searchParams.get('code'), end.location);
    const logout = await visitor.post(`${issuer}/logout`, { id_token_hint: idToken });
    assert.equal(logout.status, 303);
    assert.match((await visitor.follow(logout)).text, /Sign out/);
  });

  it('cannot post a request twice as long as an address, or with a parameter twice', async () => {
    const post = (body: string) =>
      fetch(`${issuer}/authorize`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body,
      });
    assert.equal((await post(`client_id=spa&state=${'x'.repeat(14_000)}`)).status, 413);
    assert.equal((await post('client_id=spa&client_id=web')).status, 400);
  });

  it('find every endpoint of the contract by discovery', async () => {
    const metadata = (await (await fetch(`${issuer}/.well-known/openid-configuration`)).json()) as Record<
      string,
      unknown
    >;
    for (const [name, path] of Object.entries({
      authorization_endpoint: '/authorize',
      token_endpoint: '/token',
      pushed_authorization_request_endpoint: '/par',
      introspection_endpoint: '/introspect',
      revocation_endpoint: '/revoke',
      jwks_uri: '/jwks',
      userinfo_endpoint: '/userinfo',
    })) {
      assert.equal(metadata[name], issuer + path);
    }
    assert.deepEqual(metadata['acr_values_supported'], [
      'urn:holdfast:acr:basic',
      'urn:holdfast:acr:phr',
      'urn:holdfast:acr:phrh',
    ]);
    assert.deepEqual(metadata['response_types_supported'], ['code']);
    assert.equal(metadata['authorization_response_iss_parameter_supported'], true);
  });

  async function goThroughOrStop(wish: { clientId: string; scope: string }): Promise<URLSearchParams> {
    const url = authorizeUrl({ issuer, resource: undefined, ...wish }, pkce().challenge);
    const end = await goThrough(new Visitor(), url, 'ada');
    return new URL(end.location ?? '').searchParams;
  }
});
