import assert from 'node:assert/strict';
import { onDatabase, onEveryDatabase } from '../support/databases.js';
import { atOnce, deferred } from '../support/parallel.js';
import { setTimeout as wait } from 'node:timers/promises';
import { accessToken, digest, storeFamily, unique, type Family } from '../support/records.js';
import { revocations } from '../support/revocations.js';

onEveryDatabase('the access token store', (database) => {
  const tokens = () => database.storage.accessTokens;
  const family = () => storeFamily(database.storage, database.clock);
  const bare = (made: Family) => ({
    clientId: made.clientId,
    accountId: undefined,
    grantId: undefined,
    sessionUid: undefined,
  });

  it('gives back what was inserted, alive', async () => {
    const token = accessToken(database.clock, await family());
    assert.equal(await tokens().insert(token), true);
    assert.deepEqual(await tokens().find(token.digest, token.bucket), {
      ...token,
      alive: true,
      clientSource: 'config',
      deviceId: undefined,
      paidTiersHeldUntil: undefined,
    });
  });

  it('takes a token that hangs on its client alone', async () => {
    const token = accessToken(database.clock, await family(), {
      ...bare(await family()),
      kind: 'ClientCredentials',
      format: 'jwt',
      jkt: undefined,
      scope: undefined,
      audience: undefined,
      acr: undefined,
      amr: undefined,
      authTime: undefined,
      payload: {},
    });
    assert.equal(await tokens().insert(token), true);
    assert.deepEqual(await tokens().find(token.digest, token.bucket), {
      ...token,
      alive: true,
      clientSource: 'config',
      deviceId: undefined,
      paidTiersHeldUntil: undefined,
    });
  });

  it('tells until when paid tiers are shut for its account', async () => {
    const made = await family();
    const token = accessToken(database.clock, made);
    await tokens().insert(token);
    const until = new Date(database.clock.now() + 3600_000);
    await database.storage.accounts.holdPaidTiers(made.accountId, until);
    assert.deepEqual((await tokens().find(token.digest, token.bucket))?.paidTiersHeldUntil, until);
  });

  it('knows nothing of another digest, another bucket, or a partition that never was', async () => {
    const token = accessToken(database.clock, await family());
    await tokens().insert(token);
    assert.equal(await tokens().find(digest(), token.bucket), undefined);
    assert.equal(await tokens().find(token.digest, token.bucket + 1), undefined);
    assert.equal(await tokens().find(token.digest, 0), undefined);
    assert.equal(await tokens().find(token.digest, 916_132_831), undefined);
  });

  it('revokes one token alone, once and for all', async () => {
    const made = await family();
    const [one, other] = [accessToken(database.clock, made), accessToken(database.clock, made)];
    await tokens().insert(one);
    await tokens().insert(other);
    await tokens().revoke(one.digest, one.bucket, new Date(database.clock.now()));
    await tokens().revoke(digest(), one.bucket, new Date(database.clock.now()));
    assert.equal((await tokens().find(one.digest, one.bucket))?.alive, false);
    assert.equal((await tokens().find(other.digest, other.bucket))?.alive, true);
  });

  it('lets a stranger’s revocation be', async () => {
    const token = accessToken(database.clock, await family());
    await tokens().insert(token);
    for (const revoke of Object.values(revocations)) await revoke(database, await family());
    assert.equal((await tokens().find(token.digest, token.bucket))?.alive, true);
  });

  for (const [what, revoke] of Object.entries(revocations)) {
    it(`is dead after ${what}, and no more are made for the same family`, async () => {
      const made = await family();
      const token = accessToken(database.clock, made);
      await tokens().insert(token);
      await revoke(database, made);
      assert.equal((await tokens().find(token.digest, token.bucket))?.alive, false);
      assert.equal(await tokens().insert(accessToken(database.clock, made)), false);
    });

    it(`leaves nothing alive when ${what} races 25 inserts`, async () => {
      const made = await family();
      const inserted = await atOnce(26, async (index) => {
        if (index === 12) return revoke(database, made);
        const token = accessToken(database.clock, made);
        await tokens().insert(token);
        return token;
      });
      for (const token of inserted) {
        if (token) assert.notEqual((await tokens().find(token.digest, token.bucket))?.alive, true);
      }
    });
  }

  it('is not made from a session that began before its account was revoked', async () => {
    const made = await family();
    await database.storage.accounts.revoke(made.accountId);
    assert.equal(await tokens().insert(accessToken(database.clock, made, { grantId: undefined })), false);
    assert.equal(await tokens().insert(accessToken(database.clock, made, bare(made))), true);
  });

  it('is not made for what does not exist', async () => {
    const made = await family();
    for (const part of ['clientId', 'accountId', 'grantId', 'sessionUid'] as const) {
      const token = accessToken(database.clock, { ...made, [part]: unique('nothing') });
      assert.equal(await tokens().insert(token), false, part);
      assert.equal(await tokens().find(token.digest, token.bucket), undefined);
    }
  });

  it('is not made from another family’s grant or session', async () => {
    const [made, other] = [await family(), await family()];
    for (const part of ['grantId', 'sessionUid'] as const) {
      const token = accessToken(database.clock, { ...made, [part]: other[part] });
      assert.equal(await tokens().insert(token), false, part);
    }
  });
});

onDatabase('PostgreSQL', 'an access token that meets a revocation on its way', (database) => {
  for (const [what, revoke] of Object.entries(revocations)) {
    it(`waits for ${what}, and is not made`, async () => {
      const made = await storeFamily(database.storage, database.clock);
      const revoked = deferred<void>();
      const commit = deferred<void>();
      const revoking = database.storage.transaction.run(async () => {
        await revoke(database, made);
        revoked.resolve();
        await commit.promise;
      });
      await revoked.promise;
      const inserting = database.storage.accessTokens.insert(accessToken(database.clock, made));
      assert.equal(await Promise.race([inserting, wait(50, 'waits')]), 'waits');
      commit.resolve();
      await revoking;
      assert.equal(await inserting, false);
    });
  }
});
