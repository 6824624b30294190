import assert from 'node:assert/strict';
import { createRemoteJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose';
import { newAccessToken, newRefreshToken } from '../../src/lib/opaque-token.js';
import { systemRandom } from '../../src/lib/random.js';
import { hashedSecret } from '../../src/provider/client-secret.js';
import { gatewayA, gatewayB, jwtGateway, secretOf } from '../support/clients.js';
import { basic, Device, postForm, type Answer } from '../support/device.js';
import { failing } from '../support/failing.js';
import { sharedStorage, startHoldfast, type Holdfast } from '../support/harness.js';
import { clientCredentials, introspect, revoke, signIn } from '../support/login.js';
import { unique } from '../support/records.js';

const signedType = 'application/token-introspection+jwt';

describe('POST /introspect', () => {
  let holdfast: Holdfast;
  let device: Device;

  before(async () => {
    holdfast = await startHoldfast();
    device = await Device.create();
  });
  afterEach(() => holdfast.clock.reset());
  after(() => holdfast.close());

  const jwtToken = async () => {
    const wish = { resource: jwtGateway, scope: 'jwt:call' };
    return (await clientCredentials(holdfast.issuer, device, wish)).body['access_token'] as string;
  };
  const opaqueToken = async () =>
    (await clientCredentials(holdfast.issuer, device)).body['access_token'] as string;

  it('tells the resource server whose token it is, for what, by which key, and how strong the login was', async () => {
    const { accessToken, device: bound } = await signIn({
      issuer: holdfast.issuer,
      acr: 'urn:holdfast:acr:phr',
    });
    const answer = await introspect(holdfast.issuer, accessToken);
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get('cache-control'), 'no-store');
    assert.match(answer.headers.get('content-type') ?? '', /^application\/json/);
    const { exp, iat, auth_time: authTime, sub, ...rest } = answer.body;
    assert.deepEqual(rest, {
      active: true,
      iss: holdfast.issuer,
      client_id: 'spa',
      scope: 'model:call',
      aud: gatewayA,
      token_type: 'DPoP',
      cnf: { jkt: bound.key.jkt },
      acr: 'urn:holdfast:acr:phr',
      amr: ['test'],
    });
    assert.equal(Number(exp) - Number(iat), 300);
    assert.ok(Number(authTime) <= Number(iat));
    assert.match(String(sub), /^acc_/);
  });

  it('knows JWT access tokens as it knows opaque ones', async () => {
    const token = await jwtToken();
    const answer = await introspect(holdfast.issuer, token, 'rs-jwt');
    assert.equal(answer.body['active'], true);
    assert.equal(answer.body['jti'], decodeJwt(token).jti);
    assert.deepEqual(answer.body['cnf'], { jkt: device.key.jkt });
  });

  it('shows a refresh token to its own client and to no resource server', async () => {
    const { refreshToken } = await signIn({ issuer: holdfast.issuer, clientId: 'web' });
    assert.equal((await introspect(holdfast.issuer, refreshToken, 'web')).body['active'], true);
    assert.deepEqual((await introspect(holdfast.issuer, refreshToken, 'rs-a')).body, { active: false });
  });

  it('answers byte for byte the same of whatever is not active, with the same headers', async () => {
    const { issuer, clock } = holdfast;
    const expired = [
      [await opaqueToken(), 'rs-a'],
      [await jwtToken(), 'rs-jwt'],
    ] as const;
    clock.advance(301);
    const session = await signIn({ issuer, clientId: 'web' });
    const identity = await signIn({ issuer, clientId: 'web', resource: undefined, scope: 'openid' });
    const revoked = [await opaqueToken(), await jwtToken()] as const;
    for (const token of revoked) assert.equal((await revoke(issuer, token, 'service')).status, 200);
    const now = Math.floor(clock.now() / 1000);
    const cases: Record<string, readonly [string, string]> = {
      malformed: ['nonsense', 'rs-a'],
      'malformed JWT': ['a.b.c', 'rs-a'],
      'unknown access token': [newAccessToken(systemRandom, now + 100), 'rs-a'],
      'unknown refresh token': [newRefreshToken(systemRandom), 'rs-a'],
      'expired opaque': expired[0],
      'expired JWT': expired[1],
      'revoked opaque': [revoked[0], 'rs-a'],
      'revoked JWT': [revoked[1], 'rs-jwt'],
      'of another resource server': [await opaqueToken(), 'rs-b'],
      'JWT of another resource server': [await jwtToken(), 'rs-a'],
      'asked by its own client': [session.accessToken, 'web'],
      'refresh token asked by a resource server': [session.refreshToken, 'rs-a'],
      'refresh token of another client': [session.refreshToken, 'service'],
      'without audience': [identity.accessToken, 'rs-a'],
      'an ID token': [session.idToken, 'rs-a'],
    };
    const seen = new Map<string, string>();
    for (const [name, [token, caller]] of Object.entries(cases)) {
      const raw = await fetch(`${issuer}/introspect`, {
        method: 'POST',
        headers: basic(caller, secretOf(caller)),
        body: new URLSearchParams({ token }),
      });
      const headers = [...raw.headers].filter(([field]) => field !== 'date' && field !== 'x-request-id');
      seen.set(name, JSON.stringify([raw.status, headers, await raw.text()]));
    }
    assert.equal(
      new Set(seen.values()).size,
      1,
      [...seen].map(([name, bytes]) => `${name}: ${bytes}`).join('\n'),
    );
    assert.match([...seen.values()][0] ?? '', /"\{\\"active\\":false\}"/);
  });

  it('says inactive, never 500, of a token whose client or account is gone', async () => {
    const { issuer, storage, clock } = holdfast;
    const clientId = unique('gone');
    await storage.clients.insert({
      clientId,
      source: 'database',
      createdAt: new Date(clock.now()),
      metadata: {
        client_id: clientId,
        client_secret: hashedSecret(secretOf(clientId)),
        redirect_uris: [],
        grant_types: ['client_credentials'],
        response_types: [],
      },
    });
    const token = (await clientCredentials(issuer, device, { clientId })).body['access_token'] as string;
    assert.equal((await introspect(issuer, token)).body['active'], true);
    await storage.clients.remove(clientId, new Date(clock.now()));
    const answer = await introspect(issuer, token);
    assert.deepEqual([answer.status, answer.body], [200, { active: false }]);

    const { accessToken } = await signIn({ issuer, login: unique('leaver') });
    const account = (await introspect(issuer, accessToken)).body['sub'] as never;
    await storage.accounts.disable(account, new Date(clock.now()));
    assert.deepEqual((await introspect(issuer, accessToken)).body, { active: false });
  });

  it('wants an authenticated caller: no public client, no wrong secret, nobody unnamed', async () => {
    const url = `${holdfast.issuer}/introspect`;
    const token = await opaqueToken();
    const ask = (form: Record<string, string>, headers = {}) =>
      postForm({ url, form: { token, ...form }, headers });
    const refused: [Answer, number, string][] = [
      [await ask({ client_id: 'spa' }), 401, 'invalid_client'],
      [await ask({ client_id: 'rs-a' }), 401, 'invalid_client'],
      [await ask({ client_id: 'nobody' }), 401, 'invalid_client'],
      [await ask({}, basic('rs-a', 'wrong')), 401, 'invalid_client'],
      [await ask({}), 400, 'invalid_request'],
    ];
    for (const [answer, status, error] of refused) {
      assert.deepEqual([answer.status, answer.body['error']], [status, error]);
      assert.equal('active' in answer.body, false);
    }
  });

  it('wants the token once, in a form, by POST', async () => {
    const url = `${holdfast.issuer}/introspect`;
    const headers = basic('rs-a', secretOf('rs-a'));
    const token = await opaqueToken();
    const twice = await postForm({ url, form: { token: [token, token] }, headers });
    const none = await postForm({ url, form: {}, headers });
    for (const answer of [twice, none])
      assert.deepEqual([answer.status, answer.body['error']], [400, 'invalid_request']);
    const byGet = await fetch(`${url}?token=${token}`, { headers });
    assert.deepEqual([byGet.status, byGet.headers.get('allow')], [405, 'POST, OPTIONS']);
    const slash = await postForm({
      url: `${url}/`,
      form: { token },
      headers: basic('rs-b', secretOf('rs-b')),
    });
    assert.deepEqual(slash.body, { active: false }, 'no other spelling of the path reaches a laxer handler');
  });

  it('signs the answer for who asks for RFC 9701, so that it is good for that caller and for nothing else', async () => {
    const keys = createRemoteJWKSet(new URL(`${holdfast.issuer}/jwks`));
    for (const [token, active] of [
      [await opaqueToken(), true],
      ['nonsense', false],
    ] as const) {
      const answer = await introspect(holdfast.issuer, token, 'rs-a', { accept: signedType });
      assert.match(answer.headers.get('content-type') ?? '', /^application\/token-introspection\+jwt/);
      const jwt = answer.body['text'] as string;
      const { payload, protectedHeader } = await jwtVerify(jwt, keys, {
        issuer: holdfast.issuer,
        audience: 'rs-a',
        typ: 'token-introspection+jwt',
        algorithms: ['ES256'],
      });
      assert.equal(protectedHeader.kid?.length, 43);
      assert.deepEqual(Object.keys(payload).toSorted(), ['aud', 'iat', 'iss', 'token_introspection']);
      const inner = payload['token_introspection'] as Record<string, unknown>;
      assert.equal(inner['active'], active);
      assert.equal(Object.keys(inner).length > 1, active);
      const { aud, ...asJson } = (await introspect(holdfast.issuer, token)).body;
      assert.deepEqual(inner, active ? { ...asJson, aud } : { active: false });
      assert.deepEqual((await introspect(holdfast.issuer, jwt, 'rs-a')).body, { active: false });
    }
  });

  it('signs by the algorithm that the caller registered, RS256 when it named none (RFC 9701 §6)', async () => {
    const token = await opaqueToken();
    const named = await introspect(holdfast.issuer, token, 'rs-a', { accept: signedType });
    const unnamed = await introspect(holdfast.issuer, token, 'service', { accept: signedType });
    const algorithmOf = ({ body }: Answer) => decodeProtectedHeader(body['text'] as string).alg;
    assert.deepEqual([algorithmOf(named), algorithmOf(unnamed)], ['ES256', 'RS256']);
  });

  it('gives JSON to who does not ask for the JWT', async () => {
    for (const accept of [
      'application/json',
      '*/*',
      'application/json, application/token-introspection+jwt;q=0.5',
    ]) {
      const answer = await introspect(holdfast.issuer, await opaqueToken(), 'rs-a', { accept });
      assert.equal(answer.body['active'], true, accept);
    }
  });

  it('answers 503, and neither active nor inactive, while the database is away', async () => {
    const storage = await sharedStorage();
    const broken = await startHoldfast(
      {},
      {
        storage: {
          ...storage,
          accessTokens: failing(storage.accessTokens, 'find'),
          introspections: (options) => failing(storage.introspections(options), 'ask'),
        },
      },
    );
    try {
      const answer = await introspect(broken.issuer, await opaqueToken());
      assert.deepEqual([answer.status, answer.body['error']], [503, 'temporarily_unavailable']);
      assert.ok(answer.headers.get('retry-after'));
    } finally {
      await broken.close();
    }
  });

  it('has no opinion on which resource a token is for: each token has one', async () => {
    const wish = { resource: gatewayB, scope: 'b:call' };
    const token = (await clientCredentials(holdfast.issuer, device, { ...wish })).body[
      'access_token'
    ] as string;
    assert.equal((await introspect(holdfast.issuer, token, 'rs-b')).body['aud'], gatewayB);
    assert.deepEqual((await introspect(holdfast.issuer, token, 'rs-a')).body, { active: false });
  });
});
