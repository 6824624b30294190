import assert from 'node:assert/strict';
import { newAccessToken, newRefreshToken } from '../../src/lib/opaque-token.js';
import { systemRandom } from '../../src/lib/random.js';
import { jwtGateway, secretOf } from '../support/clients.js';
import { basic, Device, postForm } from '../support/device.js';
import { failing } from '../support/failing.js';
import { sharedStorage, startHoldfast, type Holdfast } from '../support/harness.js';
import { clientCredentials, introspect, refresh, revoke, signIn } from '../support/login.js';

describe('POST /revoke', () => {
  let holdfast: Holdfast;
  let device: Device;

  before(async () => {
    holdfast = await startHoldfast();
    device = await Device.create();
  });
  after(() => holdfast.close());

  const isActive = async (token: string, as = 'rs-a') =>
    (await introspect(holdfast.issuer, token, as)).body['active'];
  /** A proof for this endpoint with the nonce that the server wants. */
  const proofOf = async (owner: Device, url = `${holdfast.issuer}/revoke`) => {
    await clientCredentials(holdfast.issuer, owner);
    return owner.proof('POST', url);
  };
  const serviceToken = async (owner = device) =>
    (await clientCredentials(holdfast.issuer, owner)).body['access_token'] as string;

  it('ends one access token, and leaves its siblings and the refresh token', async () => {
    const { issuer } = holdfast;
    const tokens = await signIn({ issuer });
    const sibling = await refresh(issuer, tokens.refreshToken, tokens.device);
    assert.equal((await revoke(issuer, tokens.accessToken)).status, 200);
    assert.equal(await isActive(tokens.accessToken), false);
    assert.equal(await isActive(sibling.body['access_token'] as string), true);
    const next = await refresh(issuer, sibling.body['refresh_token'] as string, tokens.device);
    assert.equal(next.status, 200);
  });

  it('ends the whole family with its refresh token, whichever of its generation', async () => {
    const { issuer } = holdfast;
    for (const which of ['first', 'second'] as const) {
      const tokens = await signIn({ issuer });
      const next = (await refresh(issuer, tokens.refreshToken, tokens.device)).body as Record<string, string>;
      const refreshTokens = { first: tokens.refreshToken, second: next['refresh_token'] ?? '' };
      assert.equal((await revoke(issuer, refreshTokens[which])).status, 200);
      assert.equal(await isActive(tokens.accessToken), false);
      assert.equal(await isActive(next['access_token'] ?? ''), false);
      const dead = await refresh(issuer, refreshTokens.second, tokens.device);
      assert.deepEqual([dead.status, dead.body['error']], [400, 'invalid_grant']);
    }
  });

  it('ends JWT access tokens and tokens of a client of its own', async () => {
    const jwt = await clientCredentials(holdfast.issuer, device, { resource: jwtGateway, scope: 'jwt:call' });
    const token = jwt.body['access_token'] as string;
    assert.equal(await isActive(token, 'rs-jwt'), true);
    await revoke(holdfast.issuer, token, 'service');
    assert.equal(await isActive(token, 'rs-jwt'), false);

    const own = await serviceToken();
    await revoke(holdfast.issuer, own, 'service');
    assert.equal(await isActive(own), false);
  });

  it('closes userinfo too', async () => {
    const { issuer } = holdfast;
    const { accessToken, device: bound } = await signIn({ issuer, resource: undefined, scope: 'openid' });
    assert.equal((await bound.get(`${issuer}/userinfo`, accessToken)).status, 200);
    await revoke(issuer, accessToken);
    assert.equal((await bound.get(`${issuer}/userinfo`, accessToken)).status, 401);
  });

  it('answers the same bytes for its own, the unknown, the malformed and another client’s token, which lives on', async () => {
    const foreign = await serviceToken();
    const mine = (await signIn({ issuer: holdfast.issuer })).accessToken;
    const now = Math.floor(Date.now() / 1000);
    const tokens = [
      mine,
      foreign,
      newAccessToken(systemRandom, now + 60),
      newRefreshToken(systemRandom),
      'x',
      'a.b.c',
    ];
    const seen = new Set<string>();
    for (const token of [...tokens, mine]) {
      const answer = await fetch(`${holdfast.issuer}/revoke`, {
        method: 'POST',
        body: new URLSearchParams({ token, client_id: 'spa' }),
      });
      const headers = [...answer.headers].filter(([name]) => name !== 'date' && name !== 'x-request-id');
      seen.add(JSON.stringify([answer.status, headers, await answer.text()]));
    }
    assert.equal(seen.size, 1);
    assert.match([...seen][0] ?? '', /^\[200,/);
    assert.equal(await isActive(mine), false);
    assert.equal(await isActive(foreign), true);
  });

  it('is not misled by a wrong token_type_hint', async () => {
    const { issuer } = holdfast;
    const { accessToken, refreshToken, device: bound } = await signIn({ issuer });
    const send = (token: string, hint: string) =>
      postForm({ url: `${issuer}/revoke`, form: { token, client_id: 'spa', token_type_hint: hint } });
    assert.equal((await send(accessToken, 'refresh_token')).status, 200);
    assert.equal(await isActive(accessToken), false);
    assert.equal((await send(refreshToken, 'access_token')).status, 200);
    assert.equal((await refresh(issuer, refreshToken, bound)).status, 400);
  });

  it('takes a good proof, once', async () => {
    const token = await serviceToken();
    const proof = await proofOf(device);
    const first = await revoke(holdfast.issuer, token, 'service', proof);
    assert.equal(first.status, 200);
    assert.equal(await isActive(token), false);
    const again = await revoke(holdfast.issuer, token, 'service', proof);
    assert.deepEqual([again.status, again.body['holdfast_code']], [400, 'proof_replayed']);
  });

  it('refuses a bad proof and leaves the token alone', async () => {
    const { issuer } = holdfast;
    const token = await serviceToken();
    const thief = await Device.create();
    const bad: Record<string, string> = {
      'by another key': await proofOf(thief),
      'for another endpoint': await proofOf(device, `${issuer}/token`),
      'no proof at all': 'nonsense',
    };
    for (const [name, proof] of Object.entries(bad)) {
      const answer = await revoke(issuer, token, 'service', proof);
      assert.deepEqual([answer.status, answer.body['error']], [400, 'invalid_dpop_proof'], name);
    }
    const withoutNonce = await revoke(
      issuer,
      token,
      'service',
      await (await Device.create()).proof('POST', `${issuer}/revoke`),
    );
    assert.deepEqual([withoutNonce.status, withoutNonce.body['error']], [400, 'use_dpop_nonce']);
    assert.ok(withoutNonce.headers.get('dpop-nonce'));
    assert.equal(await isActive(token), true);
  });

  it('wants to know which client asks, and that a confidential one proves it', async () => {
    const { issuer } = holdfast;
    const token = await serviceToken();
    const ask = (form: Record<string, string>, headers = {}) =>
      postForm({ url: `${issuer}/revoke`, form: { token, ...form }, headers });
    assert.equal((await ask({})).status, 400);
    assert.equal((await ask({ client_id: 'service' })).status, 401);
    assert.equal((await ask({}, basic('service', 'wrong'))).status, 401);
    assert.equal((await ask({ token: '' }, basic('service', secretOf('service')))).status, 400);
    assert.equal(await isActive(token), true);
    const byGet = await fetch(`${issuer}/revoke?client_id=spa&token=x`);
    assert.equal(byGet.status, 405);
  });

  it('lets a browser app call it from its own origin, proof and nonce included, and from no other', async () => {
    const url = `${holdfast.issuer}/revoke`;
    const preflight = await fetch(url, {
      method: 'OPTIONS',
      headers: {
        origin: 'https://app.test',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'dpop',
      },
    });
    assert.equal(preflight.headers.get('access-control-allow-origin'), 'https://app.test');
    assert.equal(preflight.headers.get('access-control-allow-headers'), 'dpop');
    const { accessToken } = await signIn({ issuer: holdfast.issuer });
    const from = (origin: string) =>
      postForm({ url, form: { token: accessToken, client_id: 'spa' }, headers: { origin } });
    const foreign = await from('https://evil.test');
    assert.deepEqual([foreign.status, foreign.headers.get('access-control-allow-origin')], [400, null]);
    assert.equal(await isActive(accessToken), true);
    const own = await from('https://app.test');
    assert.equal(own.status, 200);
    assert.equal(own.headers.get('access-control-allow-origin'), 'https://app.test');
    assert.match(own.headers.get('access-control-expose-headers') ?? '', /DPoP-Nonce.*WWW-Authenticate/i);
    assert.equal(await isActive(accessToken), false);
  });

  it('tells the log what it ended', async () => {
    const before = holdfast.log.length;
    await revoke(holdfast.issuer, await serviceToken(), 'service');
    assert.ok(holdfast.log.slice(before).some((line) => line.includes('revoked') && line.includes('token')));
  });

  it('answers 503 and claims nothing while the database is away (RFC 7009 §2.2.1)', async () => {
    const storage = await sharedStorage();
    const token = await serviceToken();
    const broken = await startHoldfast(
      {},
      { storage: { ...storage, accessTokens: failing(storage.accessTokens, 'revoke') } },
    );
    try {
      const answer = await revoke(broken.issuer, token, 'service');
      assert.deepEqual([answer.status, answer.body['error']], [503, 'temporarily_unavailable']);
      assert.ok(answer.headers.get('retry-after'));
    } finally {
      await broken.close();
    }
    assert.equal(await isActive(token), true);
  });
});
