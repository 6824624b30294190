import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { AccountId } from '../../src/accounts/account.js';
import type { Passkey } from '../../src/accounts/passkey.js';
import { onDatabase, onEveryDatabase } from '../support/databases.js';
import { atOnce, deferred } from '../support/parallel.js';
import type { TestDatabase } from '../support/test-database.js';
import { account, digest, storeAccount, unique } from '../support/records.js';

/** Law 2 for passkeys: the last one stays, and one sign count is good once, however many ask at the same time. */
onDatabase('PostgreSQL', 'parallel changes of passkeys', (database) => {
  const passkeys = () => database.storage.passkeys;
  const now = () => new Date(database.clock.now());

  it('never remove the last two at once', async () => {
    for (let round = 0; round < 25; round += 1) {
      const accountId = await someAccount(database);
      const both = [passkeyOf(accountId), passkeyOf(accountId)];
      for (const each of both) await passkeys().insert(each);
      const outcomes = await Promise.all(
        both.map(({ credentialId }) => passkeys().remove(accountId, credentialId, now())),
      );
      assert.deepEqual(outcomes.toSorted(), ['last', 'removed'], `round ${round}`);
      assert.equal((await passkeys().listOf(accountId)).length, 1);
    }
  });

  /** Runs `late` after `early` has done its work, but before that is committed. */
  const overlapping = async <Outcome>(early: () => Promise<Outcome>, late: () => Promise<Outcome>) => {
    const { transaction } = database.storage;
    const done = deferred<void>();
    const first = transaction.run(async () => {
      const outcome = await early();
      done.resolve();
      await wait(150);
      return outcome;
    });
    await done.promise;
    const second = await transaction.run(late);
    return [await first, second];
  };

  it('make the second removal wait for the first one, and then see it', async () => {
    const accountId = await someAccount(database);
    const [one, other] = [passkeyOf(accountId), passkeyOf(accountId)];
    for (const each of [one, other]) await passkeys().insert(each);
    const outcomes = await overlapping(
      () => passkeys().remove(accountId, one.credentialId, now()),
      () => passkeys().remove(accountId, other.credentialId, now()),
    );
    assert.deepEqual(outcomes, ['removed', 'last']);
  });

  it('make the second first passkey wait for the first one, and then see it', async () => {
    const owner = account(database.clock);
    await database.storage.accounts.insert(owner);
    const insert = () => passkeys().insertFirst(passkeyOf(owner.id));
    assert.deepEqual(await overlapping(insert, insert), ['inserted', 'not_first']);
  });

  it('remove all but one of many, and each of them once', async () => {
    const accountId = await someAccount(database);
    const all = Array.from({ length: 8 }, () => passkeyOf(accountId));
    for (const each of all) await passkeys().insert(each);
    const outcomes = await Promise.all(
      [...all, ...all].map(({ credentialId }) => passkeys().remove(accountId, credentialId, now())),
    );
    assert.equal(outcomes.filter((outcome) => outcome === 'removed').length, all.length - 1);
    assert.equal((await passkeys().listOf(accountId)).length, 1);
  });

  it('add one first passkey, however many begin', async () => {
    for (let round = 0; round < 20; round += 1) {
      const owner = account(database.clock);
      await database.storage.accounts.insert(owner);
      const outcomes = await atOnce(10, () =>
        database.storage.transaction.run(() => passkeys().insertFirst(passkeyOf(owner.id))),
      );
      assert.equal(outcomes.filter((outcome) => outcome === 'inserted').length, 1, `round ${round}`);
      assert.equal((await passkeys().listOf(owner.id)).length, 1);
    }
  });

  it('take one sign count once of a hundred assertions that carry it', async () => {
    const stored = passkeyOf(await someAccount(database), { signCount: 4 });
    await passkeys().insert(stored);
    const use = { signCount: 5, backedUp: false, at: new Date(database.clock.now()) };
    const outcomes = await atOnce(100, () => passkeys().recordUse(stored.credentialId, use));
    assert.equal(outcomes.filter((outcome) => outcome === 'recorded').length, 1);
    const kept = await passkeys().find(stored.credentialId);
    assert.deepEqual([kept?.signCount, kept?.regressedAt], [5, use.at]);
  });
});

onEveryDatabase('the last passkey of an account', (database) => {
  const removeLast = async (with_: { email?: string; codes?: number; usedCodes?: number }) => {
    const { accounts, passkeys, recoveryCodes } = database.storage;
    const owner = account(database.clock, { email: with_.email });
    await accounts.insert(owner);
    const passkey = passkeyOf(owner.id);
    await passkeys.insert(passkey);
    const at = new Date(database.clock.now());
    const codes = Array.from({ length: with_.codes ?? 0 }, digest);
    if (codes.length > 0) await recoveryCodes.replace(owner.id, codes, at);
    for (const code of codes.slice(0, with_.usedCodes ?? 0)) await recoveryCodes.take(owner.id, code, at);
    return await passkeys.remove(owner.id, passkey.credentialId, at);
  };
  const email = () => `${unique('ada')}@example.org`;

  it('stays when nothing else lets her in', async () => {
    assert.equal(await removeLast({}), 'last');
    assert.equal(await removeLast({ email: email() }), 'last');
    assert.equal(await removeLast({ codes: 2 }), 'last');
    assert.equal(await removeLast({ email: email(), codes: 2, usedCodes: 2 }), 'last');
  });

  it('goes where an address and an unused recovery code are left', async () => {
    assert.equal(await removeLast({ email: email(), codes: 2, usedCodes: 1 }), 'removed');
  });

  it('of somebody else is not known at all', async () => {
    const { passkeys } = database.storage;
    const hers = passkeyOf(await someAccount(database));
    await passkeys.insert(hers);
    const thief = await someAccount(database);
    for (const own of [0, 1, 2]) {
      if (own > 0) await passkeys.insert(passkeyOf(thief));
      assert.equal(
        await passkeys.remove(thief, hers.credentialId, new Date(database.clock.now())),
        'unknown',
      );
      assert.equal(await passkeys.rename(thief, hers.credentialId, 'mine'), false);
    }
    assert.deepEqual(await passkeys.find(hers.credentialId), hers);
  });
});

async function someAccount({ storage, clock }: TestDatabase): Promise<AccountId> {
  return (await storeAccount(storage, clock)).id;
}

function passkeyOf(accountId: AccountId, changes: Partial<Passkey> = {}): Passkey {
  return {
    credentialId: randomBytes(32),
    accountId,
    publicKey: randomBytes(77),
    algorithm: -7,
    signCount: 0,
    backupEligible: false,
    backedUp: false,
    transports: ['internal'],
    aaguid: '00000000-0000-0000-0000-000000000000',
    name: 'Passkey',
    createdAt: new Date(0),
    lastUsedAt: undefined,
    attested: false,
    madeBy: 'confirmed',
    stepUpFrom: undefined,
    regressedAt: undefined,
    backupChangedAt: undefined,
    removedAt: undefined,
    ...changes,
  };
}
