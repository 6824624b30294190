import assert from 'node:assert/strict';
import { newAccessToken, newRefreshToken } from '../../src/lib/opaque-token.js';
import { systemRandom } from '../../src/lib/random.js';
import { secretOf } from '../support/clients.js';
import { basic, Device, postForm } from '../support/device.js';
import { sharedStorage, startHoldfast, type Holdfast } from '../support/harness.js';
import {
  clientCredentials,
  introspect,
  logIn,
  redeem,
  refresh,
  revoke,
  signIn,
  type Tokens,
} from '../support/login.js';
import { sendAsIs } from '../support/raw-request.js';
import { watchStorage, type StoreCall } from '../support/watched-storage.js';

describe('threat 25: tokens that are guessed', () => {
  let holdfast: Holdfast;
  let calls: StoreCall[];
  let device: Device;
  let tokens: Tokens;

  before(async () => {
    const watched = watchStorage(await sharedStorage());
    ({ calls } = watched);
    holdfast = await startHoldfast({}, { storage: watched.storage });
    device = await Device.create();
    tokens = await signIn({ issuer: holdfast.issuer });
  });
  after(() => holdfast.close());

  /** What the stores of tokens were asked meanwhile. */
  async function asked(work: () => Promise<unknown>): Promise<string[]> {
    calls.length = 0;
    await work();
    return calls
      .map(({ name }) => name)
      .filter((name) => /^(accessTokens|introspections|refreshTokens)\./.test(name));
  }

  it('have 128 random bits or more: access tokens', async () => {
    const made: string[] = [];
    for (let round = 0; round < 30; round += 1) {
      made.push(String((await clientCredentials(holdfast.issuer, device)).body['access_token']));
    }
    assert.ok(randomBits(made) >= 128, String(randomBits(made)));
  });

  it('have 128 random bits or more: codes and refresh tokens', async () => {
    const codes: string[] = [];
    const refreshTokens: string[] = [];
    for (let round = 0; round < 12; round += 1) {
      const login = await logIn({ issuer: holdfast.issuer, visitor: tokens.login.visitor });
      codes.push(login.code);
      refreshTokens.push(String((await redeem(holdfast.issuer, login, device)).body['refresh_token']));
    }
    for (const made of [codes, refreshTokens]) assert.ok(randomBits(made) >= 128, String(randomBits(made)));
  });

  it('are known to the database by their digest alone', async () => {
    calls.length = 0;
    const fresh = await signIn({ issuer: holdfast.issuer });
    await introspect(holdfast.issuer, fresh.accessToken);
    const refreshed = await refresh(holdfast.issuer, fresh.refreshToken, fresh.device);
    assert.equal(refreshed.status, 200);
    await revoke(holdfast.issuer, String(refreshed.body['refresh_token']));
    assert.ok(calls.length > 10);
    const secrets = [
      fresh.accessToken,
      fresh.refreshToken,
      fresh.login.code,
      refreshed.body['refresh_token'],
    ];
    for (const secret of secrets.map(String)) {
      assert.ok(secret.length > 20);
      const written = [secret, Buffer.from(secret).toString('hex'), Buffer.from(secret).toString('base64')];
      assert.deepEqual(
        calls
          .filter(({ asked: said }) => written.some((form) => said.includes(form)))
          .map(({ name }) => name),
        [],
      );
    }
  });

  it('are asked of the database when they are well-formed, so that the rest means something', async () => {
    const unknown = newAccessToken(systemRandom, Date.now() / 1000 + 300);
    const statements = await asked(() => introspect(holdfast.issuer, unknown));
    assert.deepEqual(statements, ['introspections.ask']);
    const other = newRefreshToken(systemRandom);
    assert.deepEqual(await asked(() => introspect(holdfast.issuer, other)), ['refreshTokens.find']);
  });

  const wrong = (token: string, index: number) =>
    token.slice(0, index) + (token[index] === 'a' ? 'b' : 'a') + token.slice(index + 1);
  const doors: Record<string, (token: string) => Promise<unknown>> = {
    introspection: async (token) => {
      assert.deepEqual((await introspect(holdfast.issuer, token)).body, { active: false });
    },
    revocation: async (token) => assert.equal((await revoke(holdfast.issuer, token)).status, 200),
    userinfo: async (token) => {
      const headers = { authorization: `Bearer ${token}` };
      assert.equal((await sendAsIs(`${holdfast.issuer}/userinfo`, { headers })).status, 401);
    },
    'the token endpoint': async (token) => {
      assert.equal((await refresh(holdfast.issuer, token, device)).body['error'], 'invalid_grant');
    },
  };
  for (const [door, present] of Object.entries(doors)) {
    it(`are refused without the database at ${door} where the checksum is wrong`, async () => {
      const { accessToken, refreshToken } = tokens;
      const guesses = [accessToken, refreshToken].flatMap((token) =>
        [9, 15, token.length - 7, token.length - 1].map((index) => wrong(token, index)),
      );
      for (const guess of [
        ...guesses,
        `${accessToken}a`,
        accessToken.slice(0, -1),
        'hldf_at_',
        'x'.repeat(9000),
      ]) {
        assert.deepEqual(await asked(() => present(guess)), [], guess);
      }
    });
  }

  it('are not asked of the database when no such token can be alive by now', async () => {
    for (const hours of [-30, 30, 24 * 365]) {
      const token = newAccessToken(systemRandom, Date.now() / 1000 + hours * 3600);
      assert.deepEqual(await asked(() => introspect(holdfast.issuer, token)), [], `${hours} hours`);
    }
  });

  it('can be tried a limited number of times by one caller, who then is told when to come back', async () => {
    const limited = await startHoldfast({ limits: { introspections_per_minute_per_client: 3 } });
    const guess = () => newAccessToken(systemRandom, Date.now() / 1000 + 300);
    try {
      for (let round = 0; round < 3; round += 1)
        assert.equal((await introspect(limited.issuer, guess())).status, 200);
      const { status, headers } = await introspect(limited.issuer, guess());
      assert.equal(status, 429);
      assert.ok(Number(headers.get('retry-after')) >= 1);
    } finally {
      await limited.close();
    }
  });

  it('can be tried a limited number of times at revocation, userinfo and the token endpoint', async () => {
    const limited = await startHoldfast({
      limits: { requests_per_minute_per_address: 3 },
      trusted_proxies: ['127.0.0.1'],
    });
    const { issuer } = limited;
    const ways: ((from: Record<string, string>) => Promise<{ status: number }>)[] = [
      (from) => postForm({ url: `${issuer}/revoke`, form: { token: 'x', client_id: 'spa' }, headers: from }),
      (from) => sendAsIs(`${issuer}/userinfo`, { headers: { authorization: 'Bearer x', ...from } }),
      (from) => {
        const headers = { ...basic('service', secretOf('web')), ...from };
        return postForm({ url: `${issuer}/token`, form: { grant_type: 'client_credentials' }, headers });
      },
    ];
    try {
      for (const [index, send] of ways.entries()) {
        const from = { 'x-forwarded-for': `192.0.2.${index + 1}` };
        for (let round = 0; round < 3; round += 1) assert.notEqual((await send(from)).status, 429);
        assert.equal((await send(from)).status, 429);
      }
    } finally {
      await limited.close();
    }
  });
});

/** Bits of the positions that differ between values, each worth a character of 62, but for the six of a checksum. */
function randomBits(values: readonly string[]): number {
  const [first = ''] = values;
  assert.ok(values.every(({ length }) => length === first.length));
  const differing = first
    .split('')
    .filter((_, at) => new Set(values.map((value) => value[at])).size > values.length / 3);
  const checked = first.startsWith('hldf_') ? differing.length - 6 : differing.length;
  return checked * Math.log2(62);
}
