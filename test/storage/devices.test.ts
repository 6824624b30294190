import assert from 'node:assert/strict';
import type { DeviceId } from '../../src/binding/device.js';
import { onEveryDatabase } from '../support/databases.js';
import { atOnce, successes } from '../support/parallel.js';
import { accessToken, refreshToken, storeFamily, unique } from '../support/records.js';

onEveryDatabase('the device store', (database) => {
  const devices = () => database.storage.devices;
  const now = () => new Date(database.clock.now());
  const family = () => storeFamily(database.storage, database.clock);
  const issue = async (made: Awaited<ReturnType<typeof family>>, jkt: string, ofLogin = true) => {
    const token = accessToken(database.clock, made, { jkt, ofLogin });
    assert.equal(await database.storage.accessTokens.insert(token), true);
    return token;
  };
  const alive = async ({ digest, bucket }: { digest: Buffer; bucket: number }) =>
    (await database.storage.accessTokens.find(digest, bucket))?.alive;

  it('knows the key of each login as one device of its person, and when it was last seen', async () => {
    const made = await family();
    const [one, other] = [unique('key'), unique('key')];
    const first = new Date(Math.floor(database.clock.now() / 1000) * 1000);
    await issue(made, one);
    database.clock.advance(60);
    await issue(made, other);
    database.clock.advance(60);
    const again = await issue(made, one);
    const listed = await devices().listOf(made.accountId);
    assert.deepEqual(
      listed.map(({ keys, createdAt, lastSeenAt }) => [
        keys[0]?.thumbprint,
        +createdAt - +first,
        +lastSeenAt - +first,
      ]),
      [
        [one, 0, 120_000],
        [other, 60_000, 60_000],
      ],
    );
    assert.match(String(listed[0]?.id), /^dev_[0-9a-f]{32}$/);
    const found = await database.storage.accessTokens.find(again.digest, again.bucket);
    assert.equal(found?.deviceId, listed[0]?.id);
  });

  it('is no device what was refreshed, has no key, or has no person', async () => {
    const made = await family();
    await issue(made, unique('key'), false);
    await database.storage.accessTokens.insert(
      accessToken(database.clock, made, { jkt: undefined, ofLogin: true }),
    );
    await database.storage.accessTokens.insert(
      accessToken(
        database.clock,
        { ...made, accountId: undefined, grantId: undefined, sessionUid: undefined } as never,
        {
          jkt: unique('key'),
          ofLogin: true,
        },
      ),
    );
    assert.deepEqual(await devices().listOf(made.accountId), []);
  });

  it('is made once by twenty-five logins at once', async () => {
    const made = await family();
    const jkt = unique('key');
    await atOnce(25, () => issue(made, jkt));
    assert.equal((await devices().listOf(made.accountId)).length, 1);
  });

  it('takes with it, revoked, its own tokens and no others, and takes new logins', async () => {
    const [made, neighbour] = [await family(), await family()];
    const jkt = unique('key');
    const [mine, hers] = [await issue(made, jkt), await issue(neighbour, jkt)];
    const otherKey = await issue(made, unique('key'));
    const refreshing = refreshToken(database.clock, made, { jkt });
    assert.equal(await database.storage.refreshTokens.insert(refreshing), true);
    const id = (await devices().listOf(made.accountId)).find(({ keys }) => keys[0]?.thumbprint === jkt)?.id;
    assert.ok(id);
    assert.equal(await devices().revoke(id, now()), true);
    assert.equal(await alive(mine), false);
    assert.equal((await database.storage.refreshTokens.find(refreshing.digest))?.alive, false);
    assert.equal(await alive(hers), true);
    assert.equal(await alive(otherKey), true);
    assert.equal(await alive(await issue(made, jkt)), true);
    assert.equal(await alive(mine), false);
  });

  it('has nothing to revoke under an unknown id', async () => {
    assert.equal(await devices().revoke('dev_none' as DeviceId, now()), false);
    assert.equal(await devices().revoke('a\0b' as DeviceId, now()), false);
  });

  it('goes with its account, and with the last login of more than four hundred days', async () => {
    const [made, gone] = [await family(), await family()];
    await issue(made, unique('key'));
    const token = await issue(gone, unique('key'));
    await database.storage.accounts.remove(gone.accountId);
    assert.deepEqual(await devices().listOf(gone.accountId), []);
    assert.equal(await alive(token), false);
    database.clock.advance(399 * 86_400);
    await database.storage.maintain();
    assert.equal((await devices().listOf(made.accountId)).length, 1);
    database.clock.advance(2 * 86_400);
    await database.storage.maintain();
    assert.deepEqual(await devices().listOf(made.accountId), []);
  });
});

onEveryDatabase('the store of revoked keys', (database) => {
  const keys = () => database.storage.revokedKeys;
  const now = () => new Date(database.clock.now());

  it('lets a revoked key keep and make no token, of nobody', async () => {
    const jkt = unique('key');
    const made = await storeFamily(database.storage, database.clock);
    const token = accessToken(database.clock, made, { jkt, ofLogin: true });
    const refreshing = refreshToken(database.clock, made, { jkt });
    await database.storage.accessTokens.insert(token);
    await database.storage.refreshTokens.insert(refreshing);
    assert.equal(await keys().has(jkt), false);
    assert.equal(await keys().revoke(jkt, now()), true);
    assert.equal(await keys().has(jkt), true);
    assert.equal((await database.storage.accessTokens.find(token.digest, token.bucket))?.alive, false);
    assert.equal((await database.storage.refreshTokens.find(refreshing.digest))?.alive, false);
    const other = await storeFamily(database.storage, database.clock);
    for (const family of [made, other]) {
      const next = accessToken(database.clock, family, { jkt, ofLogin: true });
      assert.equal(await database.storage.accessTokens.insert(next), false);
      const bound = accessToken(database.clock, family, { jkt: undefined, certificate: jkt });
      assert.equal(await database.storage.accessTokens.insert(bound), false);
      assert.equal(
        await database.storage.refreshTokens.insert(refreshToken(database.clock, family, { jkt })),
        false,
      );
    }
    assert.equal(await database.storage.accessTokens.insert(accessToken(database.clock, made)), true);
  });

  it('revokes a key once, of twenty-five at once', async () => {
    const jkt = unique('key');
    assert.equal(successes(await atOnce(25, () => keys().revoke(jkt, now()))), 1);
    assert.equal(await keys().has('a\0b'), false);
  });
});
