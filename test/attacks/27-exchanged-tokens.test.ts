import assert from 'node:assert/strict';
import { exportJWK, generateKeyPair, importJWK, UnsecuredJWT } from 'jose';
import { tokenExchangeGrantType } from '../../src/config/trusted-issuers.js';
import { gatewayA, secretOf } from '../support/clients.js';
import { basic, Device, postForm } from '../support/device.js';
import { exchange, holdfastTrusting, tellLogout, type ExchangeWish } from '../support/exchange-desk.js';
import { FakeIssuer } from '../support/fake-issuer.js';
import type { Holdfast } from '../support/harness.js';
import { signIn } from '../support/login.js';
import { unique } from '../support/records.js';

/* Threats 27, 28 and 30: what is taken for an ID token of a trusted issuer is one, of that issuer, for us, and fresh. */
describe('what is no ID token of a trusted issuer', () => {
  let source: FakeIssuer;
  let other: FakeIssuer;
  let keyed: FakeIssuer;
  let strict: FakeIssuer;
  let holdfast: Holdfast;
  let device: Device;
  before(async () => {
    [source, other, keyed, strict] = [
      await FakeIssuer.open(),
      await FakeIssuer.open(),
      await FakeIssuer.open(),
      await FakeIssuer.open(),
    ];
    holdfast = await holdfastTrusting([
      source.entry(),
      other.entry(),
      keyed.entry({ key_in_nonce: true }),
      strict.entry({
        require_verified_email: true,
        claims: [
          { claim: 'hd', equals: 'acme.test' },
          { claim: 'plan', one_of: ['pro', 'team'] },
        ],
      }),
    ]);
    device = await Device.create(holdfast.clock);
  });
  after(async () => {
    await holdfast.close();
    for (const each of [source, other, keyed, strict]) await each.close();
  });

  const sent: string[] = [];
  const send = (token: string, wish: ExchangeWish = {}) => {
    sent.push(token);
    return exchange(holdfast.issuer, device, token, wish);
  };
  const sub = () => unique('sub');
  const now = () => Math.floor(holdfast.clock.now() / 1000);

  async function refusedAll(tokens: readonly (readonly [string, string | Promise<string>])[], code: string) {
    for (const [what, token] of tokens) {
      const { status, body } = await send(await token);
      assert.deepEqual([status, body['error'], body['holdfast_code']], [400, 'invalid_request', code], what);
    }
  }

  it('is refused by its signature', async () => {
    const foreign = await generateKeyPair('RS256');
    const jwk = await exportJWK(foreign.publicKey);
    const pss = await importJWK({ ...(await exportJWK(source.key.privateKey)) }, 'PS256');
    const secret = new TextEncoder().encode(JSON.stringify(source.key.jwk));
    const honest = await source.sign({ sub: sub() });
    const [head = '', body = ''] = honest.split('.');
    await refusedAll(
      [
        ['none', new UnsecuredJWT(source.claims({ sub: sub() })).encode()],
        ['HS256 with the public key', source.sign({ sub: sub() }, { alg: 'HS256' }, secret)],
        ['an algorithm that is not listed', source.sign({ sub: sub() }, { alg: 'PS256' }, pss)],
        ['another key by the same kid', source.sign({ sub: sub() }, {}, foreign.privateKey)],
        [
          'a key that it brings along',
          source.sign({ sub: sub() }, { jwk, kid: undefined }, foreign.privateKey),
        ],
        ['an unknown kid', source.sign({ sub: sub() }, { kid: '../../key' })],
        ['no signature', `${head}.${body}.`],
        ['no JWT', 'not-a-token'],
        ['endless', `${honest}${'A'.repeat(20_000)}`],
      ],
      'subject_token_rejected',
    );
  });

  it('is refused from another issuer, though that is trusted, too', async () => {
    const { kid } = other.key;
    await refusedAll(
      [
        ['signed by another trusted issuer', source.sign({ sub: sub() }, { kid }, other.key.privateKey)],
        ['of an issuer that nobody named', source.sign({ sub: sub(), iss: 'https://evil.test' })],
        ['of no issuer', source.sign({ sub: sub(), iss: undefined })],
        ['with a slash', source.sign({ sub: sub(), iss: `${source.issuer}/` })],
      ],
      'subject_token_rejected',
    );
    const own = await signIn({ issuer: holdfast.issuer });
    await refusedAll(
      [
        ['our own ID token', own.idToken],
        ['our own access token', own.accessToken],
      ],
      'subject_token_rejected',
    );
  });

  it('is refused by what it was made for', async () => {
    await refusedAll(
      [
        ['another app', source.sign({ sub: sub(), aud: 'another-app' })],
        [
          'us and another app',
          source.sign({ sub: sub(), aud: [source.audience, 'x'], azp: source.audience }),
        ],
        ['no audience', source.sign({ sub: sub(), aud: undefined, azp: source.audience })],
        ['another party', source.sign({ sub: sub(), azp: 'another-app' })],
        ['an access token by its header', source.sign({ sub: sub() }, { typ: 'at+jwt' })],
        ['an access token by its scope', source.sign({ sub: sub(), scope: 'openid' })],
        ['an access token of Entra', source.sign({ sub: sub(), scp: 'User.Read' })],
        ['an access token of Keycloak', source.sign({ sub: sub(), typ: 'Bearer' })],
        ['an access token of Cognito', source.sign({ sub: sub(), token_use: 'access' })],
        ['a logout token', source.logout({ sub: sub() })],
        ['a logout token without a type', source.logout({ sub: sub() }, {})],
        ['nobody', source.sign({ sub: undefined })],
        ['a number', source.sign({ sub: 7 })],
      ],
      'subject_token_rejected',
    );
  });

  it('is refused by its age', async () => {
    await refusedAll(
      [
        ['expired', source.sign({ sub: sub(), exp: now() - 11 })],
        ['old', source.sign({ sub: sub(), iat: now() - 320, exp: now() + 3600 })],
        ['of the future', source.sign({ sub: sub(), iat: now() + 60 })],
        ['not yet', source.sign({ sub: sub(), nbf: now() + 60 })],
        ['without a beginning', source.sign({ sub: sub(), iat: undefined })],
        ['without an end', source.sign({ sub: sub(), exp: undefined })],
      ],
      'subject_token_rejected',
    );
  });

  it('is refused where a claim is not as the operator demands', async () => {
    const email = `${unique('ada')}@example.test`;
    const good = { email, email_verified: true, hd: 'acme.test', plan: 'pro' };
    await refusedAll(
      [
        ['another domain', strict.sign({ sub: sub(), ...good, hd: 'evil.test' })],
        ['no domain', strict.sign({ sub: sub(), ...good, hd: undefined })],
        ['a list of domains', strict.sign({ sub: sub(), ...good, hd: ['acme.test'] })],
        ['another plan', strict.sign({ sub: sub(), ...good, plan: 'free' })],
        ['an unproven address', strict.sign({ sub: sub(), ...good, email_verified: 'true' })],
      ],
      'subject_token_rejected',
    );
    assert.equal((await send(await strict.sign({ sub: sub(), ...good }))).status, 200);
  });

  it('is refused from another key than it names', async () => {
    const thief = await Device.create(holdfast.clock);
    const named = { sub: sub(), nonce: device.key.jkt };
    const stolen = await keyed.sign(named);
    const taken = await exchange(holdfast.issuer, thief, stolen);
    assert.equal(taken.body['holdfast_code'], 'subject_token_wrong_key');
    assert.equal((await send(stolen)).status, 200, 'and the owner comes after the thief');
    await refusedAll(
      [
        ['no nonce', keyed.sign({ sub: sub() })],
        ['another cnf', source.sign({ sub: sub(), cnf: { jkt: thief.key.jkt } })],
        ['an odd cnf', source.sign({ sub: sub(), cnf: 'x' })],
      ],
      'subject_token_wrong_key',
    );
  });

  it('is good for nothing without a key, and for no client that has identity only (law 1)', async () => {
    const token = await source.sign({ sub: sub() });
    const keyless = (client: string) =>
      postForm({
        url: `${holdfast.issuer}/token`,
        form: {
          grant_type: tokenExchangeGrantType,
          subject_token: token,
          subject_token_type: 'urn:ietf:params:oauth:token-type:id_token',
          resource: gatewayA,
        },
        headers: basic(client, secretOf(client)),
      });
    assert.equal((await keyless('exchanger')).body['holdfast_code'], 'proof_missing');
    assert.equal((await keyless('unbound')).body['holdfast_code'], 'client_identity_only');
    const proven = await send(token, { client: 'unbound' });
    assert.equal(proven.body['holdfast_code'], 'client_identity_only');
    assert.equal((await send(token)).status, 200);
  });

  it('makes us ask for keys once in a while, however often it names another', async () => {
    await send(await source.sign({ sub: sub() }));
    const before = source.asked;
    for (let count = 0; count < 5; count += 1)
      await send(await source.sign({ sub: sub() }, { kid: unique('kid') }));
    assert.ok(source.asked - before <= 1, String(source.asked - before));
  });

  it('is no logout token, either', async () => {
    const who = { sub: sub(), sid: unique('sid') };
    const good = await source.logout(who);
    const events = (value: unknown) => source.sign({ ...who, events: value });
    for (const [what, token] of [
      ['an ID token', source.sign(who)],
      ['another event', events({ 'https://schemas.openid.net/secevent/risc/event-type/x': {} })],
      ['an event that is no object', events({ 'http://schemas.openid.net/event/backchannel-logout': true })],
      ['a nonce', source.logout({ ...who, nonce: 'n' })],
      ['another app', source.logout({ ...who, aud: 'another-app' })],
      ['nobody', source.logout({})],
      ['no jti', source.logout({ ...who, jti: undefined })],
      ['no end', source.logout({ ...who, exp: undefined })],
      ['old', source.logout({ ...who, iat: now() - 7200, exp: now() + 60 })],
      ['another type', source.logout(who, { typ: 'at+jwt' })],
      ['another issuer', source.logout(who, { kid: other.key.kid })],
      ['an own token', Promise.resolve((await signIn({ issuer: holdfast.issuer })).idToken)],
    ] as const) {
      const { status, body } = await tellLogout(holdfast.issuer, await token);
      assert.deepEqual([status, body['holdfast_code']], [400, 'logout_token_rejected'], what);
    }
    assert.equal((await send(await source.sign(who))).status, 200, 'nothing ended by any of them');
    assert.equal((await tellLogout(holdfast.issuer, good)).status, 200);
    const { status, body } = await tellLogout(holdfast.issuer, good);
    assert.deepEqual([status, body['holdfast_code']], [400, 'logout_token_rejected'], 'its jti came before');
  });

  it('stands in no log (law 7)', () => {
    const log = holdfast.log.join('');
    const signatures = sent.map((token) => token.split('.')[2] ?? '').filter((each) => each.length > 40);
    assert.ok(signatures.length > 20);
    assert.deepEqual(
      signatures.filter((each) => log.includes(each)),
      [],
    );
  });
});
