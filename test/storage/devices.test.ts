import assert from 'node:assert/strict';
import type { AccountId } from '../../src/accounts/account.js';
import type { DeviceId } from '../../src/binding/device.js';
import { onEveryDatabase } from '../support/databases.js';
import { atOnce, successes } from '../support/parallel.js';
import {
  accessToken,
  passkey,
  refreshToken,
  session,
  sessionSave,
  storeFamily,
  unique,
} from '../support/records.js';

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

  it('that was not hers takes no key from anybody else who has it: a backend has one for all of its people', async () => {
    const [made, neighbour] = [await family(), await family()];
    const jkt = unique('key');
    const [mine, hers] = [await issue(made, jkt), await issue(neighbour, jkt)];
    const [device] = await devices().listOf(made.accountId);
    assert.ok(device && (await devices().disown(made.accountId, device.id, now())));
    assert.deepEqual([await alive(mine), await alive(hers)], [false, true]);
    assert.equal(await alive(await issue(neighbour, jkt)), true);
  });

  it('that was not hers has no key any more, where nobody else has it', async () => {
    const made = await family();
    const jkt = unique('key');
    await issue(made, jkt);
    const [device] = await devices().listOf(made.accountId);
    assert.ok(device && (await devices().disown(made.accountId, device.id, now())));
    const again = accessToken(database.clock, made, { jkt, ofLogin: true });
    assert.equal(await database.storage.accessTokens.insert(again), false);
  });

  it('is another one after a browser was cut off: what its keys make later is seen, and can be cut off', async () => {
    const made = await family();
    const jkt = unique('key');
    const key = unique('browser');
    const newId = `dev_${unique('browser')}` as DeviceId;
    const circumstances = { place: undefined, browser: 'Chrome on macOS' };
    const sighted = { accountId: made.accountId, browserKey: key, newId, at: now(), ...circumstances };
    assert.equal((await devices().sightBrowser(sighted))?.id, newId);
    await database.sql(`UPDATE session SET device_id = '${newId}' WHERE uid = '${made.sessionUid}'`);
    const inSession = accessToken(database.clock, made, {
      jkt,
      ofLogin: true,
      loginSessionUid: made.sessionUid,
    });
    assert.equal(await database.storage.accessTokens.insert(inSession), true);
    assert.equal(await devices().revoke(newId, now()), true);
    const code = { jkt, ofLogin: true, loginSessionUid: made.sessionUid, sessionUid: undefined };
    const late = accessToken(database.clock, made, code);
    assert.equal(await database.storage.accessTokens.insert(late), false, 'a code of before');
    const later = accessToken(database.clock, made, { jkt, ofLogin: true, sessionUid: undefined });
    assert.equal(await database.storage.accessTokens.insert(later), true);
    const [shown, ...others] = await devices().listOf(made.accountId);
    assert.ok(shown && others.length === 0, 'she sees it');
    assert.notEqual(shown.id, newId);
    assert.equal(await devices().revoke(shown.id, now()), true);
    assert.equal(await alive(later), false);
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

onEveryDatabase('the devices of a person', (database) => {
  const devices = () => database.storage.devices;
  const now = () => new Date(database.clock.now());
  const circumstances = { place: 'HK', browser: 'Chrome on macOS' };
  const sight = (accountId: AccountId, browserKey: string) =>
    devices().sightBrowser({
      accountId,
      browserKey,
      newId: unique('dev') as DeviceId,
      at: now(),
      ...circumstances,
    });

  /** Somebody who has signed in in a browser, and an app there that holds a key. */
  async function signedIn() {
    const made = await storeFamily(database.storage, database.clock);
    const browserKey = unique('browser');
    const sighting = await sight(made.accountId, browserKey);
    assert.ok(sighting);
    const { id } = sighting;
    const record = session(database.clock, {
      uid: unique('session'),
      accountId: made.accountId,
      payload: { authorizations: { [made.clientId]: { grantId: made.grantId } } },
    });
    const signedInAt = now();
    const save = () =>
      database.storage.sessions.save(record, sessionSave(database.clock, { signedInAt, browserKey }));
    assert.equal(await save(), true);
    const jkt = unique('key');
    const token = accessToken(database.clock, made, { jkt, ofLogin: true, loginSessionUid: record.uid });
    assert.equal(await database.storage.accessTokens.insert(token), true);
    return { made, id, browserKey, record, save, jkt, token, sighting };
  }
  const alive = async ({ digest, bucket }: { digest: Buffer; bucket: number }) =>
    (await database.storage.accessTokens.find(digest, bucket))?.alive;
  const lives = async ({ uid }: { uid: string }) =>
    (await database.storage.sessions.findByUid(uid)) !== undefined;

  it('know a browser again, and put the key of an app beside it that was let in there', async () => {
    const { made, id, browserKey, jkt, sighting, record } = await signedIn();
    assert.deepEqual([sighting.isNew, sighting.isFirst], [true, true]);
    database.clock.advance(60);
    const again = await sight(made.accountId, browserKey);
    assert.deepEqual(again, { id, isNew: false, isFirst: false });
    const other = await sight(made.accountId, unique('browser'));
    assert.deepEqual([other?.isNew, other?.isFirst], [true, false]);
    const device = await devices().find(made.accountId, id);
    assert.deepEqual([device?.kind, device?.label, device?.place], ['browser', 'Chrome on macOS', 'HK']);
    const keys = Object.fromEntries(device?.keys.map((key) => [key.kind, key]) ?? []);
    assert.equal(keys['dpop']?.thumbprint, jkt);
    assert.equal(keys['browser']?.timesSeen, 2);
    const limits = { at: now(), idleSeconds: 3600, unboundSeconds: 3600 };
    const listed = await database.storage.sessions.listOf(made.accountId, limits);
    assert.equal(listed.find(({ uid }) => uid === record.uid)?.deviceId, id);
  });

  it('end with their sessions and tokens when they are cut off, and come back as others', async () => {
    const { made, id, browserKey, record, save, token } = await signedIn();
    assert.equal(await devices().revoke(id, now()), true);
    assert.deepEqual([await alive(token), await lives(record)], [false, false]);
    assert.equal(await database.storage.grants.find(made.grantId), undefined);
    assert.deepEqual(await devices().listOf(made.accountId), []);
    assert.equal(await save(), false);
    const again = await sight(made.accountId, browserKey);
    assert.notEqual(again?.id, id);
    assert.equal(again?.isNew, true);
  });

  it('take along for good what came of them, when they are not hers', async () => {
    const { made, id, record, jkt, token } = await signedIn();
    const disowned = await devices().disown(made.accountId, id, now());
    assert.deepEqual([disowned?.sessions, disowned?.grants], [1, 1]);
    assert.deepEqual([await alive(token), await lives(record)], [false, false]);
    assert.equal(await database.storage.revokedKeys.has(jkt), true);
    const stranger = await storeFamily(database.storage, database.clock);
    assert.equal(await devices().disown(stranger.accountId, id, now()), undefined);
  });

  it('take along the passkeys that were added on them, but never all', async () => {
    for (const others of [1, 0]) {
      const { made, id, record } = await signedIn();
      const { accountId } = made;
      const added = passkey(database.clock, accountId);
      assert.equal(await database.storage.passkeys.insert(added), 'inserted');
      if (others > 0) await database.storage.passkeys.insert(passkey(database.clock, accountId));
      const thumbprint = added.credentialId.toString('base64url');
      const key = { accountId, sessionUid: record.uid, kind: 'passkey', thumbprint, at: now() } as const;
      await devices().sightKey(key);
      const disowned = await devices().disown(accountId, id, now());
      assert.deepEqual(disowned?.passkeys, others > 0 ? [added.name] : []);
      assert.equal((await database.storage.passkeys.listOf(accountId)).length, 1);
    }
  });

  it('let no login slip by that is saved while they are cut off', async () => {
    for (let round = 0; round < 5; round += 1) {
      const { made, id, browserKey, token } = await signedIn();
      const logins = Array.from({ length: 10 }, () =>
        session(database.clock, { uid: unique('session'), accountId: made.accountId }),
      );
      const save = sessionSave(database.clock, { signedInAt: now(), browserKey });
      await Promise.all([
        ...logins.slice(0, 5).map((login) => database.storage.sessions.save(login, save)),
        devices().revoke(id, now()),
        ...logins.slice(5).map((login) => database.storage.sessions.save(login, save)),
      ]);
      const left = await Promise.all(logins.map(lives));
      assert.deepEqual(left.filter(Boolean), []);
      assert.equal(await alive(token), false);
    }
  });

  it('are called as she says, and not more than she may have', async () => {
    const { made, id } = await signedIn();
    const { accountId } = made;
    assert.equal(await devices().rename(accountId, id, 'My laptop'), true);
    assert.equal((await devices().find(accountId, id))?.name, 'My laptop');
    assert.equal(await devices().rename(accountId, 'dev_none' as DeviceId, 'Mine'), false);
    database.clock.advance(60);
    await sight(accountId, unique('browser'));
    database.clock.advance(60);
    await sight(accountId, unique('browser'));
    assert.deepEqual(await devices().limit(accountId, 2, now()), [id]);
    assert.equal((await devices().listOf(accountId)).length, 2);
  });
});
