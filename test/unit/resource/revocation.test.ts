import assert from 'node:assert/strict';
import { newAccessToken, newRefreshToken } from '../../../src/lib/opaque-token.js';
import { systemRandom } from '../../../src/lib/random.js';
import { introspect } from '../../../src/resource/introspection-service.js';
import { revoke } from '../../../src/resource/revocation-service.js';
import { resourceDesk } from '../../support/resource-desk.js';

type Desk = Awaited<ReturnType<typeof resourceDesk>>;

const isActive = async ({ ports }: Desk, token: string, caller = 'gateway') =>
  (await introspect(ports, token, caller)).active;
const asApp = (token: string, jkt?: string) => ({ token, clientId: 'app', jkt });

describe('revocation', () => {
  for (const format of ['mintAccessToken', 'mintJwt'] as const) {
    it(`ends one access token and no other (${format})`, async () => {
      const desk = await resourceDesk();
      const [token, sibling, refresh] = [
        await desk[format](),
        await desk[format](),
        await desk.mintRefreshToken(),
      ];
      assert.equal(await revoke(desk.ports, asApp(token)), 'done');
      assert.equal(await isActive(desk, token), false);
      assert.equal(await isActive(desk, sibling), true);
      assert.equal(await isActive(desk, refresh, 'app'), true);
      assert.equal(desk.revoked[0]?.what, 'token');
    });
  }

  it('ends the whole family with a refresh token', async () => {
    const desk = await resourceDesk();
    const refresh = await desk.mintRefreshToken();
    const family = [await desk.mintAccessToken(), await desk.mintJwt()];
    const stranger = await desk.mintAccessToken({ grantId: 'grant_2' });
    await revoke(desk.ports, asApp(refresh));
    for (const token of family) assert.equal(await isActive(desk, token), false);
    assert.equal(await isActive(desk, refresh, 'app'), false);
    assert.equal(await isActive(desk, stranger), true);
    assert.deepEqual(desk.revoked, [{ what: 'grant', id: 'grant_1' }]);
  });

  it('ends the family also with a refresh token that was used already', async () => {
    const desk = await resourceDesk();
    const old = await desk.mintRefreshToken({ expiresAt: desk.now() - 1 });
    const token = await desk.mintAccessToken();
    await revoke(desk.ports, asApp(old));
    assert.equal(await isActive(desk, token), false);
  });

  it('ends a token of a client of its own', async () => {
    const desk = await resourceDesk();
    const own = { kind: 'ClientCredentials', accountId: undefined, grantId: undefined } as const;
    const token = await desk.mintAccessToken(own);
    await revoke(desk.ports, asApp(token));
    assert.equal(await isActive(desk, token), false);
  });

  it('does nothing, and says so to nobody, for another client', async () => {
    const desk = await resourceDesk();
    for (const token of [await desk.mintAccessToken(), await desk.mintJwt(), await desk.mintRefreshToken()]) {
      const foreign = { token, clientId: 'thief', jkt: 'thief-key' };
      assert.equal(await revoke(desk.ports, foreign), 'done');
      assert.equal(await isActive(desk, token, token.startsWith('hldf_rt_') ? 'app' : 'gateway'), true);
    }
    assert.deepEqual(desk.revoked, []);
  });

  it('answers the unknown and the malformed as if it had revoked them', async () => {
    const { ports, now, signJwt } = await resourceDesk();
    const unknown = [
      newAccessToken(systemRandom, now() + 300),
      newRefreshToken(systemRandom),
      await signJwt({}),
    ];
    for (const token of [...unknown, 'nonsense', 'a.b.c']) {
      assert.equal(await revoke(ports, asApp(token)), 'done');
    }
  });

  it('is content without a proof and with the right one, and refuses one by another key', async () => {
    const desk = await resourceDesk();
    for (const token of [await desk.mintAccessToken(), await desk.mintRefreshToken()]) {
      assert.equal(await revoke(desk.ports, asApp(token, 'another-thumbprint')), 'wrong_key');
      assert.equal(await isActive(desk, token, token.startsWith('hldf_rt_') ? 'app' : 'gateway'), true);
      assert.equal(await revoke(desk.ports, asApp(token, 'the-thumbprint')), 'done');
      assert.equal(await isActive(desk, token, token.startsWith('hldf_rt_') ? 'app' : 'gateway'), false);
    }
  });

  it('can be asked twice', async () => {
    const desk = await resourceDesk();
    const token = await desk.mintAccessToken();
    await revoke(desk.ports, asApp(token));
    assert.equal(await revoke(desk.ports, asApp(token)), 'done');
    assert.equal(desk.revoked.length, 1);
  });

  it('never revokes on the word of a JWT that we did not sign', async () => {
    const desk = await resourceDesk();
    const token = await desk.mintJwt();
    const [header, payload] = token.split('.');
    await revoke(desk.ports, asApp(`${header}.${payload}.AAAA`));
    assert.equal(await isActive(desk, token), true);
  });
});
