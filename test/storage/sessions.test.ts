import assert from 'node:assert/strict';
import { onEveryDatabase } from '../support/databases.js';
import { atOnce, successes } from '../support/parallel.js';
import { accessToken, digest, session, storeAccount, storeFamily, unique } from '../support/records.js';

onEveryDatabase('the session store', (database) => {
  const sessions = () => database.storage.sessions;
  const now = () => new Date(database.clock.now());
  const someAccount = async () => (await storeAccount(database.storage, database.clock)).id;

  it('gives back what was saved, by digest and by uid', async () => {
    const saved = session(database.clock, { uid: unique('session'), accountId: await someAccount() });
    assert.equal(await sessions().save(saved), true);
    assert.deepEqual(await sessions().findByDigest(saved.digest), saved);
    assert.deepEqual(await sessions().findByUid(saved.uid), saved);
  });

  it('forgets the old digest when a new one is saved', async () => {
    const saved = session(database.clock, { uid: unique('session') });
    await sessions().save(saved);
    const rotated = { ...saved, digest: digest(), payload: { round: 2 } };
    assert.equal(await sessions().save(rotated), true);
    assert.equal(await sessions().findByDigest(saved.digest), undefined);
    assert.deepEqual(await sessions().findByDigest(rotated.digest), rotated);
  });

  it('ends once, by uid or digest, and is not revived by saving', async () => {
    const ends = [
      (saved: ReturnType<typeof session>) => sessions().end(saved.uid, now()),
      (saved: ReturnType<typeof session>) => sessions().endByDigest(saved.digest, now()),
    ];
    for (const end of ends) {
      const saved = session(database.clock, { uid: unique('session'), accountId: await someAccount() });
      await sessions().save(saved);
      assert.equal(await end(saved), true);
      assert.equal(await end(saved), false);
      assert.equal(await sessions().save({ ...saved, digest: digest() }), false);
      assert.equal(await sessions().findByUid(saved.uid), undefined);
      assert.equal(await sessions().findByDigest(saved.digest), undefined);
    }
  });

  it('ends with the revocation of its account, and is not revived by saving', async () => {
    const accountId = await someAccount();
    const saved = session(database.clock, { uid: unique('session'), accountId });
    await sessions().save(saved);
    await database.storage.accounts.revoke(accountId);
    assert.equal(await sessions().findByDigest(saved.digest), undefined);
    assert.equal(await sessions().save({ ...saved, digest: digest() }), false);
    assert.equal(await sessions().findByUid(saved.uid), undefined);
  });

  it('is not made for a disabled account', async () => {
    const accountId = await someAccount();
    await database.storage.accounts.disable(accountId, now());
    const refused = session(database.clock, { uid: unique('session'), accountId });
    assert.equal(await sessions().save(refused), false);
    await database.storage.accounts.enable(accountId);
    assert.equal(await sessions().findByUid(refused.uid), undefined);
  });

  it('takes the account’s present generation at a login', async () => {
    const accountId = await someAccount();
    const anonymous = session(database.clock, { uid: unique('session') });
    await sessions().save(anonymous);
    await database.storage.accounts.revoke(accountId);
    const loggedIn = { ...anonymous, accountId };
    assert.equal(await sessions().save(loggedIn), true);
    assert.deepEqual(await sessions().findByUid(anonymous.uid), loggedIn);
  });

  it('kills what hung on it when another account logs in', async () => {
    const family = await storeFamily(database.storage, database.clock);
    const token = accessToken(database.clock, family);
    assert.equal(await database.storage.accessTokens.insert(token), true);
    const alive = async () => (await database.storage.accessTokens.find(token.digest, token.bucket))?.alive;
    const saved = await sessions().findByUid(family.sessionUid);
    assert.ok(saved);
    assert.equal(await sessions().save({ ...saved, payload: { same: 'account' } }), true);
    assert.equal(await alive(), true);
    assert.equal(await sessions().save({ ...saved, accountId: await someAccount() }), true);
    assert.equal(await alive(), false);
  });

  it('is ended by one of many at once, while others save it', async () => {
    const saved = session(database.clock, { uid: unique('session') });
    await sessions().save(saved);
    const ended: boolean[] = [];
    await atOnce(50, async (index) => {
      if (index % 2 === 0) ended.push(await sessions().end(saved.uid, now()));
      else await sessions().save({ ...saved, digest: digest() });
    });
    assert.equal(successes(ended), 1);
    assert.equal(await sessions().findByUid(saved.uid), undefined);
  });

  it('takes what is unknown, or can be no name, for absent', async () => {
    assert.equal(await sessions().findByDigest(digest()), undefined);
    assert.equal(await sessions().endByDigest(digest(), now()), false);
    for (const uid of [unique('session'), 'a\0b']) {
      assert.equal(await sessions().findByUid(uid), undefined);
      assert.equal(await sessions().end(uid, now()), false);
    }
  });
});
