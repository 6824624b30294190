import assert from 'node:assert/strict';
import type { SessionRecord } from '../../src/provider/session-store.js';
import { onEveryDatabase } from '../support/databases.js';
import { atOnce, successes } from '../support/parallel.js';
import {
  accessToken,
  digest,
  session,
  sessionFind,
  sessionSave,
  storeAccount,
  storeFamily,
  unique,
} from '../support/records.js';

onEveryDatabase('the session store', (database) => {
  const sessions = () => database.storage.sessions;
  const save = (saved: SessionRecord) => sessions().save(saved, sessionSave(database.clock));
  const find = (by: Buffer) => sessions().findByDigest(by, sessionFind(database.clock));
  const now = () => new Date(database.clock.now());
  const someAccount = async () => (await storeAccount(database.storage, database.clock)).id;

  it('gives back what was saved, by digest and by uid', async () => {
    const saved = session(database.clock, { uid: unique('session'), accountId: await someAccount() });
    assert.equal(await save(saved), true);
    assert.deepEqual(await find(saved.digest), saved);
    assert.deepEqual(await sessions().findByUid(saved.uid), saved);
  });

  it('forgets the old digest when a new one is saved', async () => {
    const saved = session(database.clock, { uid: unique('session') });
    await save(saved);
    const rotated = { ...saved, digest: digest(), payload: { round: 2 } };
    const replaces = saved.digest;
    assert.equal(await sessions().save(rotated, sessionSave(database.clock, { replaces })), true);
    assert.equal(await find(saved.digest), undefined);
    assert.deepEqual(await find(rotated.digest), rotated);
  });

  it('ends once, by uid or digest, and is not revived by saving', async () => {
    const ends = [
      (saved: ReturnType<typeof session>) => sessions().end(saved.uid, now()),
      (saved: ReturnType<typeof session>) => sessions().endByDigest(saved.digest, now()),
    ];
    for (const end of ends) {
      const saved = session(database.clock, { uid: unique('session'), accountId: await someAccount() });
      await save(saved);
      assert.equal(await end(saved), true);
      assert.equal(await end(saved), false);
      assert.equal(await save({ ...saved, digest: digest() }), false);
      assert.equal(await sessions().findByUid(saved.uid), undefined);
      assert.equal(await find(saved.digest), undefined);
    }
  });

  it('ends with the revocation of its account, and is not revived by saving', async () => {
    const accountId = await someAccount();
    const saved = session(database.clock, { uid: unique('session'), accountId });
    await save(saved);
    await database.storage.accounts.revoke(accountId);
    assert.equal(await find(saved.digest), undefined);
    assert.equal(await save({ ...saved, digest: digest() }), false);
    assert.equal(await sessions().findByUid(saved.uid), undefined);
  });

  it('is not made for a disabled account', async () => {
    const accountId = await someAccount();
    await database.storage.accounts.disable(accountId, now());
    const refused = session(database.clock, { uid: unique('session'), accountId });
    assert.equal(await save(refused), false);
    await database.storage.accounts.enable(accountId);
    assert.equal(await sessions().findByUid(refused.uid), undefined);
  });

  it('takes the account’s present generation at a login', async () => {
    const accountId = await someAccount();
    const anonymous = session(database.clock, { uid: unique('session') });
    await save(anonymous);
    await database.storage.accounts.revoke(accountId);
    const loggedIn = { ...anonymous, accountId };
    assert.equal(await save(loggedIn), true);
    assert.deepEqual(await sessions().findByUid(anonymous.uid), loggedIn);
  });

  it('kills what hung on it when another account logs in', async () => {
    const family = await storeFamily(database.storage, database.clock);
    const token = accessToken(database.clock, family);
    assert.equal(await database.storage.accessTokens.insert(token), true);
    const alive = async () => (await database.storage.accessTokens.find(token.digest, token.bucket))?.alive;
    const saved = await sessions().findByUid(family.sessionUid);
    assert.ok(saved);
    assert.equal(await save({ ...saved, payload: { same: 'account' } }), true);
    assert.equal(await alive(), true);
    assert.equal(await save({ ...saved, accountId: await someAccount() }), true);
    assert.equal(await alive(), false);
  });

  it('is ended by one of many at once, while others save it', async () => {
    const saved = session(database.clock, { uid: unique('session') });
    await save(saved);
    const ended: boolean[] = [];
    await atOnce(50, async (index) => {
      if (index % 2 === 0) ended.push(await sessions().end(saved.uid, now()));
      else await save({ ...saved, digest: digest() });
    });
    assert.equal(successes(ended), 1);
    assert.equal(await sessions().findByUid(saved.uid), undefined);
  });

  it('is over for its cookie once nobody used it for the idle time, though nothing swept it', async () => {
    const saved = session(database.clock, { uid: unique('session'), accountId: await someAccount() });
    await save(saved);
    const idle = (idleSeconds: number) =>
      sessions().findByDigest(saved.digest, sessionFind(database.clock, { idleSeconds }));
    database.clock.advance(3599);
    assert.ok(await idle(3600));
    // That was a use, so the time counts anew from here.
    database.clock.advance(3599);
    assert.equal(await idle(3598), undefined);
    assert.ok(await idle(3600));
    database.clock.advance(3600);
    assert.equal(await idle(3600), undefined);
    assert.deepEqual(await sessions().findByUid(saved.uid), saved);
  });

  it('writes down when and where it is used, at most once a minute', async () => {
    const accountId = await someAccount();
    const saved = session(database.clock, { uid: unique('session'), accountId });
    const at = new Date(database.clock.now());
    const signedInAt = new Date(at.getTime() - 5000);
    await sessions().save(saved, sessionSave(database.clock, { signedInAt }));
    const shown = {
      uid: saved.uid,
      signedInAt,
      lastSeenAt: at,
      place: 'HK',
      browser: 'Chrome on macOS',
      deviceId: undefined,
      heldSince: undefined,
      clientIds: [],
    };
    const use = async (seconds: number) => {
      database.clock.advance(seconds);
      const elsewhere = { place: 'TW', browser: 'Safari on iOS' };
      await sessions().findByDigest(saved.digest, sessionFind(database.clock, elsewhere));
      return await sessions().listOf(accountId, { at: now(), idleSeconds: 3600, unboundSeconds: 3600 });
    };
    assert.deepEqual(await use(59), [shown]);
    const moved = { ...shown, place: 'TW', browser: 'Safari on iOS' };
    assert.deepEqual(await use(1), [{ ...moved, lastSeenAt: now() }]);
  });

  it('lists the browsers of one account whose cookie still works', async () => {
    const accountId = await someAccount();
    const list = async () =>
      (await sessions().listOf(accountId, { at: now(), idleSeconds: 3600, unboundSeconds: 3600 })).map(
        ({ uid }) => uid,
      );
    const make = async (changes: Partial<SessionRecord> = {}) => {
      const saved = session(database.clock, { uid: unique('session'), accountId, ...changes });
      await save(saved);
      return saved.uid;
    };
    const idle = await make();
    database.clock.advance(3600);
    await make({ accountId: await someAccount() });
    await make({ expiresAt: Math.floor(database.clock.now() / 1000) });
    const ended = await make();
    await sessions().end(ended, now());
    const older = await make();
    database.clock.advance(1);
    const newer = await make();
    assert.deepEqual(await list(), [newer, older]);
    assert.ok(await sessions().findByUid(idle));
    await database.storage.accounts.revoke(accountId);
    assert.deepEqual(await list(), []);
  });

  it('is ended by its own account only', async () => {
    const accountId = await someAccount();
    const saved = session(database.clock, { uid: unique('session'), accountId });
    await save(saved);
    assert.equal(await sessions().endOf(await someAccount(), saved.uid, now()), false);
    assert.equal(await sessions().endOf(accountId, 'a\0b', now()), false);
    assert.ok(await find(saved.digest));
    assert.equal(await sessions().endOf(accountId, saved.uid, now()), true);
    assert.equal(await find(saved.digest), undefined);
  });

  it('is not made by a login that was verified before a revocation', async () => {
    const accountId = await someAccount();
    const logIn = (accountGeneration: number) => {
      const saved = session(database.clock, { uid: unique('session'), accountId });
      return sessions().save(saved, sessionSave(database.clock, { accountGeneration }));
    };
    assert.equal(await logIn(0), true);
    await database.storage.accounts.revoke(accountId);
    assert.equal(await logIn(0), false);
    assert.equal(await logIn(1), true);
  });

  it('is alive after a revocation for none of many logins that were verified before it', async () => {
    const accountId = await someAccount();
    const made = Array.from({ length: 40 }, () =>
      session(database.clock, { uid: unique('session'), accountId }),
    );
    await atOnce(made.length + 1, async (index) => {
      const saved = made[index];
      if (!saved) await database.storage.accounts.revoke(accountId);
      else await sessions().save(saved, sessionSave(database.clock, { accountGeneration: 0 }));
    });
    const found = await Promise.all(made.map(({ uid }) => sessions().findByUid(uid)));
    assert.deepEqual(new Set(found), new Set([undefined]));
  });

  it('takes what is unknown, or can be no name, for absent', async () => {
    assert.equal(await find(digest()), undefined);
    assert.equal(await sessions().endByDigest(digest(), now()), false);
    for (const uid of [unique('session'), 'a\0b']) {
      assert.equal(await sessions().findByUid(uid), undefined);
      assert.equal(await sessions().end(uid, now()), false);
    }
  });
});
