import assert from 'node:assert/strict';
import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify, type JSONWebKeySet } from 'jose';
import { freePort } from '../../examples/support/free-port.js';
import { hashedSecret } from '../../src/provider/client-secret.js';
import { createKeystore, type Keystore } from '../../src/provider/keystore.js';
import { jwtGateway, secretOf, testClients } from '../support/clients.js';
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
import { unique } from '../support/records.js';
import { Visitor } from '../support/visitor.js';

/** Two nodes on one database; their polls are too slow to interfere. */
const settings = { key_rotation: { publish_before_use: 60, poll: 20 } };

describe('key rotation over two nodes', () => {
  let first: Holdfast;
  let second: Holdfast;
  let secondUrl: string;
  let keystore: Keystore;
  let device: Device;
  let hours = 0;

  before(async () => {
    first = await startHoldfast(settings);
    const port = await freePort();
    // The same issuer, on a port of its own.
    second = await startHoldfast({ ...settings, issuer: first.issuer, port });
    secondUrl = `http://127.0.0.1:${port}`;
    device = await Device.create();
    keystore = createKeystore({
      store: first.storage.signingKeys,
      masterKey: first.masterKey,
      clock: { now: () => Date.now() + hours * 3_600_000 },
      settings: () => first.config.key_rotation,
    });
  });
  after(async () => {
    await first.close();
    await second.close();
  });

  /** An hour passes for the keys, so that the next ones have been published for long enough. */
  const rotate = async () => {
    hours += 1;
    assert.equal((await keystore.rotate()).outcome, 'rotated');
    await first.app.refreshKeys();
  };
  const kidsAt = async (url: string) => {
    const { keys } = (await (await fetch(`${url}/jwks`)).json()) as JSONWebKeySet;
    return keys.map(({ kid }) => kid);
  };
  const kidOf = (token: string) => decodeProtectedHeader(token).kid ?? '';
  const jwtToken = async (issuer = first.issuer) =>
    (await clientCredentials(issuer, device, { resource: jwtGateway, scope: 'jwt:call' })).body[
      'access_token'
    ] as string;
  const active = async (token: string, at = first.issuer) =>
    (await introspect(at, token, 'rs-jwt')).body['active'];
  /** Asks the second node by its own port; proofs are made for the issuer, as a balancer in front would have it. */
  const signsAtSecond = async () => {
    const url = `${first.issuer}/token`;
    await clientCredentials(first.issuer, device);
    const answer = await postForm(
      {
        url: `${secondUrl}/token`,
        headers: basic('service', secretOf('service')),
        form: { grant_type: 'client_credentials', resource: jwtGateway, scope: 'jwt:call' },
      },
      await device.proof('POST', url),
    );
    return answer.body['access_token'] as string;
  };

  it('publishes public parts alone, the next keys among them, and says how long to keep them', async () => {
    const answer = await fetch(`${first.issuer}/jwks`);
    assert.equal(answer.headers.get('cache-control'), 'public, max-age=20');
    assert.match(answer.headers.get('content-type') ?? '', /^application\/jwk-set\+json/);
    const { keys } = (await answer.json()) as JSONWebKeySet;
    const algorithms = keys.map(({ alg }) => alg);
    assert.ok(algorithms.filter((alg) => alg === 'ES256').length >= 2);
    assert.ok(algorithms.filter((alg) => alg === 'RS256').length >= 2);
    assert.equal(new Set(keys.map(({ kid }) => kid)).size, keys.length);
    for (const key of keys) {
      const members = Object.keys(key).filter(
        (name) => !['kty', 'use', 'kid', 'alg', 'crv', 'e', 'n', 'x', 'y'].includes(name),
      );
      assert.deepEqual(members, []);
    }
  });

  it('goes on without restart or gap while one node knows of it and the other does not yet', async () => {
    const published = createRemoteJWKSet(new URL(`${first.issuer}/jwks`), { cooldownDuration: 0 });
    const before = await jwtToken();
    const nextKids = (await first.storage.signingKeys.list())
      .filter(({ state }) => state === 'next')
      .map(({ kid }) => kid);

    await rotate();
    const [byNew, byOld] = [await jwtToken(), await signsAtSecond()];
    assert.ok(nextKids.includes(kidOf(byNew)), 'the key that was published before signs now');
    assert.equal(kidOf(byOld), kidOf(before), 'the node that does not know yet signs as before');
    for (const token of [before, byNew, byOld]) {
      await jwtVerify(token, published, { typ: 'at+jwt', issuer: first.issuer });
      assert.equal(await active(token), true);
      assert.equal(await active(token, secondUrl), true);
      for (const url of [first.issuer, secondUrl]) assert.ok((await kidsAt(url)).includes(kidOf(token)));
    }

    await second.app.refreshKeys();
    assert.equal(kidOf(await signsAtSecond()), kidOf(byNew));
    assert.deepEqual(new Set(await kidsAt(secondUrl)), new Set(await kidsAt(first.issuer)));
    assert.equal(await active(before, secondUrl), true);
  });

  it('keeps sessions, interactions, codes and refresh tokens', async () => {
    const { issuer } = first;
    const tokens = await signIn({ issuer });
    const begun = new Visitor();
    const { verifier, challenge } = pkce();
    const loginPage = await begun.follow(await begun.get(authorizeUrl({ issuer }, challenge)));
    const unredeemed = await logIn({ issuer });

    await rotate();

    assert.equal((await refresh(issuer, tokens.refreshToken, tokens.device)).status, 200);
    assert.equal((await redeem(issuer, unredeemed, device)).status, 200);
    assert.ok(loginPage.text.includes('name="login"'));
    const end = await goThrough(begun, loginPage.url, 'ada');
    const code = new URL(end.location ?? '').searchParams.get('code') ?? '';
    const login = { ...unredeemed, code, verifier };
    assert.equal((await redeem(issuer, login, device)).status, 200);
  });

  it('still knows an id_token_hint that a retired key signed, at logout and at authorize', async () => {
    const { issuer } = first;
    const { idToken, login } = await signIn({ issuer });
    await rotate();
    const current = (await first.storage.signingKeys.list()).filter(({ state }) => state === 'current');
    assert.ok(!current.some(({ kid }) => kid === kidOf(idToken)), 'the key that signed is retired');

    const silent = { prompt: 'none', id_token_hint: idToken };
    const url = authorizeUrl(
      { issuer, parameters: silent, scope: 'openid', resource: undefined },
      pkce().challenge,
    );
    const response = await login.visitor.follow(await login.visitor.get(url));
    const error = new URL(response.location ?? '').searchParams.get('error');
    assert.notEqual(error, 'invalid_request', response.location);

    const logout = new URL('/logout', issuer);
    logout.searchParams.set('id_token_hint', idToken);
    logout.searchParams.set('post_logout_redirect_uri', 'https://app.test/signed-out');
    assert.equal((await login.visitor.get(logout.href)).status, 200);
  });

  it('takes a compromised key out at once: its tokens and hints are dead, new ones are made', async () => {
    const { issuer } = first;
    const { idToken, login } = await signIn({ issuer });
    const token = await jwtToken();
    const stolen = [kidOf(token), kidOf(idToken)];
    assert.equal((await keystore.replace([...new Set(stolen)])).outcome, 'rotated');
    await first.app.refreshKeys();
    await second.app.refreshKeys();

    for (const url of [first.issuer, secondUrl]) {
      const kids = await kidsAt(url);
      assert.deepEqual(
        stolen.filter((kid) => kids.includes(kid)),
        [],
      );
      assert.equal(await active(token, url), false);
    }
    const logout = new URL('/logout', issuer);
    logout.searchParams.set('id_token_hint', idToken);
    assert.equal((await login.visitor.get(logout.href)).status, 400);
    assert.equal(await active(await jwtToken()), true);
  });

  it('refuses to rotate onto keys that verifiers may not have seen yet', async () => {
    const before = await kidsAt(first.issuer);
    const rotation = await createKeystore({
      store: first.storage.signingKeys,
      masterKey: first.masterKey,
      clock: first.clock,
      settings: () => first.config.key_rotation,
    }).rotate();
    assert.equal(rotation.outcome, 'too_young');
    await first.app.refreshKeys();
    assert.deepEqual(await kidsAt(first.issuer), before);
  });

  it('lets a client of the database refresh on, whom the provider before has found', async () => {
    const clientId = unique('stored');
    const web = testClients.find(({ client_id: id }) => id === 'web');
    const metadata = { ...web, client_id: clientId, client_secret: hashedSecret(secretOf(clientId)) };
    const createdAt = new Date();
    await first.storage.clients.insert({ clientId, source: 'database', metadata, createdAt });
    const tokens = await signIn({ issuer: first.issuer, clientId });
    const once = await refresh(first.issuer, tokens.refreshToken, tokens.device, clientId);
    await rotate();
    // Its client was remembered, and made by a provider whose clients the present one doesn't know: the answer was 500.
    const again = await refresh(first.issuer, String(once.body['refresh_token']), tokens.device, clientId);
    assert.equal(again.status, 200, JSON.stringify(again.body));
    assert.notEqual(kidOf(String(again.body['id_token'])), kidOf(tokens.idToken));
  });

  it('tells the log which keys sign now', async () => {
    await keystore.replace();
    await first.app.refreshKeys();
    const current = (await first.storage.signingKeys.list()).filter(({ state }) => state === 'current');
    const line = first.log.findLast((each) => each.includes('keysRotated') || each.includes('keys_rotated'));
    for (const { kid } of current) assert.ok(line?.includes(kid), `${line}`);
  });
});
