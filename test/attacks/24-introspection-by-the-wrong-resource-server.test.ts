import assert from 'node:assert/strict';
import { newAccessToken, newRefreshToken } from '../../src/lib/opaque-token.js';
import { systemRandom } from '../../src/lib/random.js';
import type { Storage } from '../../src/storage/storage.js';
import { jwtGateway, secretOf } from '../support/clients.js';
import { basic, Device } from '../support/device.js';
import { sharedStorage, startHoldfast, type Holdfast } from '../support/harness.js';
import { clientCredentials, introspect, revoke, signIn } from '../support/login.js';
import { sendAsIs } from '../support/raw-request.js';

/** Counts each call of a store, by name; the rest of the storage is as it was. */
function counting(storage: Storage, calls: string[]): Storage {
  const counted = <Store extends object>(name: string, store: Store): Store =>
    new Proxy(store, {
      get(target, property) {
        const member: unknown = Reflect.get(target, property, target);
        if (typeof member !== 'function') return member;
        return (...input: unknown[]) => {
          calls.push(`${name}.${String(property)}`);
          return Reflect.apply(member, target, input) as unknown;
        };
      },
    });
  return {
    ...storage,
    accessTokens: counted('accessTokens', storage.accessTokens),
    introspections: (options) => counted('introspections', storage.introspections(options)),
    refreshTokens: counted('refreshTokens', storage.refreshTokens),
    grants: counted('grants', storage.grants),
    sessions: counted('sessions', storage.sessions),
    accounts: counted('accounts', storage.accounts),
    clients: counted('clients', storage.clients),
  };
}

/** Who is a resource server, but not the one that the token is for. */
describe('threat 24: introspection by the wrong resource server', () => {
  let holdfast: Holdfast;
  let issuer: string;
  const calls: string[] = [];
  before(async () => {
    const storage = counting(await sharedStorage(), calls);
    holdfast = await startHoldfast({}, { storage });
    ({ issuer } = holdfast);
  });
  after(() => holdfast.close());
  afterEach(() => holdfast.clock.reset());

  /** The raw answer, its headers by name, without what differs from request to request by nature. */
  async function rawAnswer(token: string, as: string): Promise<string> {
    const { status, headers, body } = await sendAsIs(`${issuer}/introspect`, {
      method: 'POST',
      headers: basic(as, secretOf(as)),
      body: new URLSearchParams({ token }).toString(),
    });
    const kept = [...headers].filter(
      ([name]) => !['date', 'x-request-id', 'connection', 'keep-alive'].includes(name),
    );
    return JSON.stringify([status, kept, body]);
  }

  async function callsOf(token: string, as: string): Promise<string[]> {
    calls.length = 0;
    await introspect(issuer, token, as);
    return [...calls];
  }

  it('tells a foreign resource server what it tells of a token that does not exist, byte for byte', async () => {
    const { accessToken } = await signIn({ issuer });
    const unknown = newAccessToken(systemRandom, Math.floor(Date.now() / 1000) + 300);
    const foreign = await rawAnswer(accessToken, 'rs-b');
    assert.equal(foreign, await rawAnswer(unknown, 'rs-b'));
    assert.deepEqual((await introspect(issuer, accessToken, 'rs-b')).body, { active: false });
    assert.equal((await introspect(issuer, accessToken, 'rs-a')).body['active'], true);
  });

  it('tells not even its own client, which could learn from it whether a stolen one still lives', async () => {
    const { accessToken } = await signIn({ issuer, clientId: 'web' });
    assert.deepEqual((await introspect(issuer, accessToken, 'web')).body, { active: false });
  });

  it('tells nobody of a JWT for another, nor of a token that is for userinfo alone', async () => {
    const jwt = await clientCredentials(issuer, await Device.create(), {
      resource: jwtGateway,
      scope: 'jwt:call',
    });
    assert.deepEqual((await introspect(issuer, jwt.body['access_token'] as string, 'rs-a')).body, {
      active: false,
    });
    const identity = await signIn({ issuer, resource: undefined, scope: 'openid profile' });
    for (const as of ['rs-a', 'rs-b']) {
      assert.deepEqual((await introspect(issuer, identity.accessToken, as)).body, { active: false });
    }
  });

  it('gives the same bytes for unknown, expired, revoked, foreign and malformed', async () => {
    const [revoked, foreign] = [await signIn({ issuer }), await signIn({ issuer })];
    await revoke(issuer, revoked.accessToken);
    const expired = await signIn({ issuer });
    const answers = [
      await rawAnswer(newAccessToken(systemRandom, Math.floor(Date.now() / 1000) + 300), 'rs-a'),
      await rawAnswer(revoked.accessToken, 'rs-a'),
      await rawAnswer(foreign.accessToken, 'rs-b'),
      await rawAnswer('hldf_at_malformed', 'rs-a'),
      await rawAnswer('not.a.token', 'rs-a'),
    ];
    holdfast.clock.advance(301);
    answers.push(await rawAnswer(expired.accessToken, 'rs-a'));
    assert.equal(new Set(answers).size, 1, answers.join('\n'));
  });

  it('asks the database the same of every well-formed token, and nothing of a malformed one', async () => {
    const [alive, revoked] = [await signIn({ issuer }), await signIn({ issuer })];
    await revoke(issuer, revoked.accessToken);
    const expected = ['introspections.ask'];
    const unknown = newAccessToken(systemRandom, Math.floor(Date.now() / 1000) + 300);
    assert.deepEqual(await callsOf(unknown, 'rs-a'), expected);
    assert.deepEqual(await callsOf(revoked.accessToken, 'rs-a'), expected);
    assert.deepEqual(await callsOf(alive.accessToken, 'rs-b'), expected);
    assert.deepEqual(await callsOf(alive.accessToken, 'rs-a'), expected);
    assert.deepEqual(await callsOf(`${unknown.slice(0, -1)}!`, 'rs-a'), []);
  });

  it('shows a refresh token to its own client alone, and asks the same of an unknown one', async () => {
    const { refreshToken } = await signIn({ issuer, clientId: 'web' });
    assert.deepEqual((await introspect(issuer, refreshToken, 'rs-a')).body, { active: false });
    assert.equal((await introspect(issuer, refreshToken, 'web')).body['active'], true);
    assert.deepEqual(
      await callsOf(refreshToken, 'rs-a'),
      await callsOf(newRefreshToken(systemRandom), 'rs-a'),
    );
  });
});
