import assert from 'node:assert/strict';
import { gatewayA, gatewayB, jwtGateway } from '../support/clients.js';
import { Device } from '../support/device.js';
import { exchange, holdfastTrusting, tellLogout, type ExchangeWish } from '../support/exchange-desk.js';
import { FakeIssuer } from '../support/fake-issuer.js';
import { startHoldfast, type Holdfast } from '../support/harness.js';
import { introspect, refresh } from '../support/login.js';
import { unique } from '../support/records.js';

const grantType = 'urn:ietf:params:oauth:grant-type:token-exchange';

describe('exchanging an ID token of a login that exists (RFC 8693)', () => {
  let source: FakeIssuer;
  let careful: FakeIssuer;
  let holdfast: Holdfast;
  let device: Device;
  before(async () => {
    source = await FakeIssuer.open();
    careful = await FakeIssuer.open();
    holdfast = await holdfastTrusting([
      source.entry({ refresh_tokens: true }),
      careful.entry({
        accounts: 'imported_only',
        token_types: ['id_token', 'jwt'],
        authorized_parties: ['https://app.test'],
        resources: [gatewayA, gatewayB],
        scope: 'model:call b:call',
      }),
    ]);
    device = await Device.create(holdfast.clock);
  });
  after(async () => {
    await holdfast.close();
    await source.close();
    await careful.close();
  });

  const send = (token: string, wish: ExchangeWish = {}) => exchange(holdfast.issuer, device, token, wish);
  const person = (more: object = {}) => ({ sub: unique('sub'), name: 'Ada', ...more });
  const told = async (token: unknown, as = 'rs-a') =>
    (await introspect(holdfast.issuer, token as string, as)).body;
  const identityOf = (subject: string, issuer = source.issuer) =>
    holdfast.storage.upstreamIdentities.find({ issuer, subject });

  it('gives a token of the resource that is bound to the key of the request, as weak as a login elsewhere', async () => {
    const { sub, ...claims } = person({
      auth_time: Math.floor(holdfast.clock.now() / 1000) - 900,
      acr: 'high',
    });
    const { status, body } = await send(await source.sign({ sub, ...claims, amr: ['mfa', 'hwk'] }));
    assert.equal(status, 200, JSON.stringify(body));
    assert.equal(body['token_type'], 'DPoP');
    assert.equal(body['issued_token_type'], 'urn:ietf:params:oauth:token-type:access_token');
    assert.equal(body['scope'], 'model:call model:read');
    assert.equal(body['id_token'], undefined);
    const identity = await identityOf(sub);
    const token = await told(body['access_token']);
    assert.deepEqual(
      [token['active'], token['sub'], token['client_id'], token['acr'], token['amr'], token['aud']],
      [true, identity?.accountId, 'exchanger', 'urn:holdfast:acr:basic', ['fed'], gatewayA],
    );
    assert.equal(token['auth_time'], claims['auth_time' as never]);
    assert.deepEqual(token['cnf'], { jkt: device.key.jkt });
    const events = await holdfast.storage.accountEvents.listOf(identity?.accountId as never, 10);
    assert.deepEqual(events.map(({ kind }) => kind).toSorted(), [
      'app_connected',
      'identity_linked',
      'signed_up',
    ]);
  });

  it('says no time where the source says none, and none that lies ahead', async () => {
    const now = Math.floor(holdfast.clock.now() / 1000);
    for (const [auth_time, least] of [
      [undefined, undefined],
      ['yesterday', undefined],
      [now + 3600, now],
    ] as const) {
      const { body } = await send(await source.sign(person({ auth_time })));
      const seen = (await told(body['access_token']))['auth_time'];
      if (least === undefined) assert.equal(seen, undefined);
      else assert.ok(Number(seen) >= least && Number(seen) <= now + 60, String(seen));
    }
  });

  it('finds the same account by issuer and subject again, never by an address', async () => {
    const email = `${unique('ada')}@example.test`;
    const verified = { email, email_verified: true };
    const first = person(verified);
    await send(await source.sign(first));
    await send(await source.sign(first));
    const other = person(verified);
    const { status } = await send(await source.sign(other));
    assert.equal(status, 200);
    const [one, two] = [await identityOf(first.sub), await identityOf(other.sub)];
    assert.notEqual(one?.accountId, two?.accountId);
    assert.equal((await holdfast.storage.accounts.findByEmail(email))?.id, one?.accountId);
    assert.equal((await holdfast.storage.accounts.find(two?.accountId as never))?.email, undefined);
    const unproven = person({ email: `x${email}`, email_verified: false });
    await send(await source.sign(unproven));
    const third = await identityOf(unproven.sub);
    assert.equal((await holdfast.storage.accounts.find(third?.accountId as never))?.email, undefined);
  });

  it('repeats itself for the same key while the token is fresh, with one refresh token', async () => {
    const token = await source.sign(person());
    const [first, again] = [await send(token), await send(token)];
    assert.deepEqual([first.status, again.status], [200, 200]);
    assert.equal(typeof first.body['refresh_token'], 'string');
    assert.equal(again.body['refresh_token'], undefined);
    assert.notEqual(first.body['access_token'], again.body['access_token']);
    const next = await refresh(holdfast.issuer, first.body['refresh_token'] as string, device, 'exchanger');
    assert.equal(next.status, 200, JSON.stringify(next.body));
    const seen = await told(next.body['access_token']);
    assert.deepEqual([seen['acr'], seen['amr'], seen['aud']], ['urn:holdfast:acr:basic', ['fed'], gatewayA]);
  });

  it('hangs all tokens of a session there, a client and a key on one grant', async () => {
    const claims = person({ sid: unique('sid') });
    for (let count = 0; count < 3; count += 1) await send(await source.sign(claims));
    const other = await Device.create(holdfast.clock);
    await exchange(holdfast.issuer, other, await source.sign(claims));
    const account = (await identityOf(claims.sub))?.accountId as string;
    assert.equal((await holdfast.storage.grants.listOf(account)).length, 2);
  });

  it('works for public clients, for JWT access tokens, and by audience', async () => {
    const app = await send(await source.sign(person()), { client: 'exchanging-app' });
    assert.equal(app.status, 200, JSON.stringify(app.body));
    const form = { resource: undefined, audience: jwtGateway };
    const jwt = await send(await source.sign(person()), { form });
    assert.equal(jwt.body['scope'], 'jwt:call', JSON.stringify(jwt.body));
    assert.equal((await told(jwt.body['access_token'], 'rs-jwt'))['active'], true);
  });

  it('finds the resource by the scope, and gives no more than was asked for', async () => {
    const form = { resource: undefined, scope: 'model:read' };
    const { body } = await send(await source.sign(person()), { form });
    assert.equal(body['scope'], 'model:read');
    assert.equal((await told(body['access_token']))['aud'], gatewayA);
  });

  it('knows only people who were imported, where the configuration says so', async () => {
    const claims = person({ azp: 'https://app.test' });
    const stranger = await send(await careful.sign(claims));
    assert.deepEqual([stranger.status, stranger.body['holdfast_code']], [400, 'subject_unknown']);
    assert.equal(await identityOf(claims.sub, careful.issuer), undefined);
  });

  it('takes session tokens without audience by their party, and only what the operator allows', async () => {
    const sub = unique('sub');
    const known = await send(await source.sign(person({ sub })));
    const accountId = (await told(known.body['access_token']))['sub'] as never;
    const at = new Date(holdfast.clock.now());
    const identity = {
      id: unique('idn'),
      issuer: careful.issuer,
      subject: sub,
      accountId,
      providerName: 'Acme',
    };
    await holdfast.storage.upstreamIdentities.link({
      ...identity,
      email: undefined,
      linkedAt: at,
      lastUsedAt: at,
    });
    const session = () => careful.sign({ sub, aud: undefined, azp: 'https://app.test' });
    const subject_token_type = 'urn:ietf:params:oauth:token-type:jwt';
    const { status, body } = await send(await session(), { form: { subject_token_type } });
    assert.deepEqual([status, body['scope'], body['refresh_token']], [200, 'model:call', undefined]);
    for (const form of [
      { subject_token_type, resource: jwtGateway },
      { subject_token_type, scope: 'model:read' },
      { subject_token_type, resource: undefined },
      {},
    ]) {
      assert.equal((await send(await session(), { form })).status, 400, JSON.stringify(form));
    }
    const elsewhere = await careful.sign({ sub, aud: undefined, azp: 'https://evil.test' });
    assert.equal((await send(elsewhere, { form: { subject_token_type } })).status, 400);
  });

  it('refuses what it does not do, in the words of the standard', async () => {
    const token = await source.sign(person());
    const cases: readonly [ExchangeWish, string][] = [
      [{ form: { actor_token: token } }, 'invalid_request'],
      [
        { form: { requested_token_type: 'urn:ietf:params:oauth:token-type:refresh_token' } },
        'invalid_request',
      ],
      [{ form: { subject_token_type: 'urn:ietf:params:oauth:token-type:saml2' } }, 'invalid_request'],
      [{ form: { subject_token_type: 'urn:ietf:params:oauth:token-type:jwt' } }, 'invalid_request'],
      [{ form: { subject_token: undefined } }, 'invalid_request'],
      [{ form: { resource: 'https://unknown.test/' } }, 'invalid_target'],
      [{ form: { resource: [gatewayA, gatewayB] } }, 'invalid_target'],
      [{ form: { audience: gatewayB } }, 'invalid_target'],
      [{ form: { resource: undefined } }, 'invalid_target'],
      [{ form: { scope: 'model:call openid' } }, 'invalid_scope'],
      [{ client: 'not-listed' }, 'unauthorized_client'],
      [{ client: 'web' }, 'invalid_request'],
    ];
    for (const [wish, error] of cases) {
      const { status, body } = await send(token, wish);
      assert.deepEqual([status, body['error']], [400, error], JSON.stringify([wish, body]));
    }
    assert.equal((await send(token)).status, 200, 'none of them used it up');
  });

  it('ends with the session there, at once, and nothing else does', async () => {
    const { sub } = person();
    const [here, there] = [unique('sid'), unique('sid')];
    const one = await send(await source.sign({ sub, sid: here }));
    const two = await send(await source.sign({ sub, sid: there }));
    const late = await source.sign({ sub, sid: here });
    assert.equal((await tellLogout(holdfast.issuer, await source.logout({ sub, sid: here }))).status, 200);
    assert.equal((await told(one.body['access_token']))['active'], false);
    assert.equal((await told(two.body['access_token']))['active'], true);
    const refreshed = await refresh(
      holdfast.issuer,
      one.body['refresh_token'] as string,
      device,
      'exchanger',
    );
    assert.equal(refreshed.status, 400);
    assert.equal((await send(late)).body['holdfast_code'], 'subject_token_outdated');
    assert.equal((await tellLogout(holdfast.issuer, await source.logout({ sub }))).status, 200);
    assert.equal((await told(two.body['access_token']))['active'], false);
    const iat = Math.floor(holdfast.clock.now() / 1000) + 2;
    const next = await source.sign({ iat, sub, sid: unique('sid') });
    assert.equal((await send(next)).status, 200, 'she signs in there again');
  });

  it('is not in discovery where no issuer is trusted, and no client can have it', async () => {
    const listed = async ({ issuer }: Holdfast) => {
      const document = await (await fetch(`${issuer}/.well-known/openid-configuration`)).json();
      return (document as { grant_types_supported: string[] }).grant_types_supported.includes(grantType);
    };
    assert.equal(await listed(holdfast), true);
    const plain = await startHoldfast();
    assert.equal(await listed(plain), false);
    assert.equal((await tellLogout(plain.issuer, 'x')).status, 404);
    await plain.close();
  });

  it('reads new keys of the issuer, and says whose trouble it is where it can read none', async () => {
    await source.rotate();
    holdfast.clock.advance(60);
    try {
      const fresh = await source.sign(person());
      assert.equal((await send(fresh)).status, 200);
      holdfast.clock.advance(11 * 60);
      source.broken = (response) => void response.writeHead(500).end();
      const away = await send(await source.sign(person()));
      assert.deepEqual([away.status, away.body['holdfast_code']], [503, 'issuer_unavailable']);
    } finally {
      source.broken = undefined;
      holdfast.clock.reset();
    }
  });
});
