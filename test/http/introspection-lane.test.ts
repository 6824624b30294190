import assert from 'node:assert/strict';
import { newAccessToken, newRefreshToken } from '../../src/lib/opaque-token.js';
import { systemRandom } from '../../src/lib/random.js';
import { hashedSecret } from '../../src/provider/client-secret.js';
import { gatewayB, jwtGateway, secretOf } from '../support/clients.js';
import { basic, Device } from '../support/device.js';
import { sharedStorage, startHoldfast, type Holdfast } from '../support/harness.js';
import { clientCredentials, revoke, signIn } from '../support/login.js';
import { unique } from '../support/records.js';
import { watchStorage, type StoreCall } from '../support/watched-storage.js';

describe('the lane of POST /introspect', () => {
  let holdfast: Holdfast;
  let calls: StoreCall[];
  before(async () => {
    const watched = watchStorage(await sharedStorage());
    ({ calls } = watched);
    holdfast = await startHoldfast({}, { storage: watched.storage });
  });
  afterEach(() => holdfast.clock.reset());
  after(() => holdfast.close());

  /** Status, headers in their order and body; weights in Accept are beyond the lane. */
  const ask = async (body: string, headers: Record<string, string>) => {
    calls.length = 0;
    const answer = await fetch(`${holdfast.issuer}/introspect`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      body,
    });
    const told = [...answer.headers].filter(([name]) => name !== 'x-request-id' && name !== 'date');
    // Not by whatever was called: the refusals of a moment before are written down in the background.
    const byLane = !calls.some(({ name }) => /^(access|refresh)Tokens\.find$/.test(name));
    return { byLane, answer: JSON.stringify([answer.status, told, await answer.text()]) };
  };
  const credentials = (clientId: string) => basic(clientId, secretOf(clientId)) as Record<string, string>;

  it('answers with the bytes and headers of the long way, whatever the token is', async () => {
    const { issuer } = holdfast;
    const device = await Device.create();
    const [alive, revoked] = [await signIn({ issuer }), await signIn({ issuer })];
    await revoke(issuer, revoked.accessToken);
    const tokenFor = async (wish: { resource: string; scope: string }) =>
      (await clientCredentials(issuer, device, wish)).body['access_token'] as string;
    const own = (await clientCredentials(issuer, device)).body['access_token'] as string;
    const jwt = await tokenFor({ resource: jwtGateway, scope: 'jwt:call' });
    const foreign = await tokenFor({ resource: gatewayB, scope: 'b:call' });
    const unknown = newAccessToken(systemRandom, Math.floor(holdfast.clock.now() / 1000) + 60);
    for (const [token, caller] of [
      [alive.accessToken, 'rs-a'],
      [own, 'rs-a'],
      [jwt, 'rs-jwt'],
      [`${jwt}x`, 'rs-jwt'],
      [revoked.accessToken, 'rs-a'],
      [foreign, 'rs-a'],
      [unknown, 'rs-a'],
      [unknown.slice(1), 'rs-a'],
    ] as const) {
      const body = `token=${token}&token_type_hint=access_token`;
      const lane = await ask(body, { ...credentials(caller), accept: 'application/json' });
      const long = await ask(body, { ...credentials(caller), accept: 'application/json;q=0.9' });
      assert.ok(lane.byLane, token);
      assert.equal(lane.answer, long.answer);
    }
  });

  it('leaves to the long way what is not plain', async () => {
    const { issuer } = holdfast;
    const { accessToken } = await signIn({ issuer });
    const plain = `token=${accessToken}`;
    const refreshToken = newRefreshToken(systemRandom);
    const cases: [string, Record<string, string>][] = [
      [plain, { ...credentials('rs-a'), origin: 'https://app.test' }],
      [plain, { ...credentials('rs-a'), 'content-type': 'text/plain' }],
      [`${plain}&${plain}`, credentials('rs-a')],
      [`${plain}&client_id=rs-b`, credentials('rs-a')],
      [`${plain}&client_secret=${secretOf('rs-a')}`, credentials('rs-a')],
      [`${plain}&token_type_hint=a&token_type_hint=b`, credentials('rs-a')],
      ['', credentials('rs-a')],
      [plain, {}],
      [plain, basic('rs-a', 'wrong') as Record<string, string>],
      [`token=${refreshToken}`, credentials('rs-a')],
    ];
    for (const [body, headers] of cases) {
      const given = await ask(body, headers);
      const long = await ask(body, { ...headers, accept: '*/*;q=0.9' });
      const withoutId = (answer: string) => answer.replace(/\\"request_id\\":\\"[^"]*\\"/, '');
      const withoutLength = (answer: string) => withoutId(answer).replace(/\["content-length","\d+"\]/, '');
      assert.equal(withoutLength(given.answer), withoutLength(long.answer), body);
    }
    const refresh = await ask(`token=${refreshToken}`, credentials('rs-a'));
    assert.equal(refresh.byLane, false);
  });

  it('takes a client of the database for no longer than it stands there', async () => {
    const { storage, issuer } = holdfast;
    const clientId = unique('rs');
    const metadata = (secret: string) => ({
      client_id: clientId,
      client_secret: hashedSecret(secret),
      redirect_uris: [],
      grant_types: [],
      response_types: [],
    });
    const createdAt = new Date();
    const insert = (secret: string) =>
      storage.clients.insert({ clientId, source: 'database', metadata: metadata(secret), createdAt });
    await insert('first');
    const { accessToken } = await signIn({ issuer });
    const status = async (secret: string) => {
      const given = await ask(`token=${accessToken}`, basic(clientId, secret) as Record<string, string>);
      return (JSON.parse(given.answer) as [number])[0];
    };
    assert.equal(await status('first'), 200);
    assert.equal(await status('first'), 200);
    await storage.clients.remove(clientId, new Date());
    assert.equal(await status('first'), 401);
    await insert('second');
    assert.equal(await status('second'), 200);
    assert.equal(await status('first'), 401);
  });
});
