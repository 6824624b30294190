import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import type { AccountId } from '../../src/accounts/account.js';
import type { LegacyCredential, LegacySpending } from '../../src/resource/legacy-credential.js';
import { onEveryDatabase } from '../support/databases.js';
import { atOnce } from '../support/parallel.js';
import { grant, storeAccount, storeFamily, unique } from '../support/records.js';

const day = 86_400_000;

onEveryDatabase('bearer credentials of before', (database) => {
  const store = () => database.storage.legacyCredentials;
  const now = () => new Date(database.clock.now());
  const later = (days: number) => new Date(database.clock.now() + days * day);

  async function imported(changes: Partial<LegacyCredential> = {}) {
    const accountId = changes.accountId ?? (await storeAccount(database.storage, database.clock)).id;
    const credential: LegacyCredential = {
      digest: randomBytes(32),
      resource: unique('https://models.example/'),
      accountId,
      prefix: 'sk-9f',
      label: 'laptop',
      ...changes,
    };
    const taken = await store().import([credential], now());
    assert.deepEqual(taken, new Set([credential.digest.toString('hex')]));
    return credential;
  }
  const lives = async ({ digest }: LegacyCredential, at = now()) => (await store().find(digest, at))?.alive;
  const spend = ({ digest, resource }: LegacyCredential, changes: Partial<LegacySpending> = {}) =>
    store().spend({ digest, resource, cost: 10, capPerCredential: 25, capInAll: 40, now: now(), ...changes });
  const figuresOf = async ({ resource }: LegacyCredential, at = now()) =>
    (await store().figures(at)).find((each) => each.resource === resource);

  it('are taken in once, and only for accounts that there are', async () => {
    const known = await imported();
    const { accountId, resource } = known;
    assert.deepEqual(await store().find(known.digest, now()), {
      resource,
      accountId,
      alive: true,
      endsAt: undefined,
    });
    assert.equal(await store().find(randomBytes(32), now()), undefined);
    const disabled = await storeAccount(database.storage, database.clock);
    await database.storage.accounts.disable(disabled.id, now());
    const left = [
      { ...known, resource: 'https://other.example/' },
      { ...known, digest: randomBytes(32), accountId: unique('acc') as AccountId },
      { ...known, digest: randomBytes(32), accountId: disabled.id },
    ];
    assert.deepEqual(await store().import(left, now()), new Set());
    assert.equal((await store().find(known.digest, now()))?.resource, resource);
  });

  it('spend up to the cap of each and of all, and anew on the next day', async () => {
    const one = await imported();
    const two = await imported({ resource: one.resource });
    assert.equal(await spend(one), 'spent');
    assert.equal(await spend(one), 'spent');
    assert.equal(await spend(one), 'cap_reached', 'its own');
    assert.equal(await spend(one, { cost: 5 }), 'spent', 'to the micro-dollar');
    assert.equal(await spend(two), 'spent');
    assert.equal(await spend(two), 'cap_reached', 'that of all: 35 of 40 are spent');
    assert.equal(await spend(two, { cost: 5 }), 'spent');
    assert.equal(await spend(one, { cost: 0 }), 'spent');
    assert.equal(await spend(one, { now: later(1) }), 'spent');
    // A node whose clock is behind still thinks that it is yesterday.
    assert.equal(await spend(one, { cost: 16, capInAll: 1000 }), 'cap_reached');
    const other = await imported({ resource: unique('https://b.example/') });
    assert.notEqual(await spend({ ...one, resource: other.resource, digest: one.digest }), 'spent');
  });

  it('never pass a cap, however many spend at once', async () => {
    const one = await imported();
    const third = await imported({ resource: one.resource });
    const spent = await atOnce(60, (index) =>
      spend(index % 2 === 0 ? one : third, { cost: 7, capPerCredential: 70, capInAll: 100 }),
    );
    assert.equal(spent.filter((each) => each === 'spent').length, 14);
    const { spent: sum, calls } = (await figuresOf(one)) ?? {};
    assert.deepEqual([sum, calls], [98, 14], 'what was refused counts nothing');
  });

  const endings: Record<string, (credential: LegacyCredential) => Promise<unknown>> = {
    'its digest': ({ digest }) => store().revoke({ by: 'digest', digest }, now()),
    'its account': ({ accountId }) => store().revoke({ by: 'account', accountId }, now()),
    'its resource': ({ resource }) => store().revoke({ by: 'resource', resource }, now()),
    'a revocation of the account': ({ accountId }) => database.storage.accounts.revoke(accountId),
    'a disabled account': ({ accountId }) => database.storage.accounts.disable(accountId, now()),
    'a removed account': ({ accountId }) => database.storage.accounts.remove(accountId),
  };
  for (const [name, end] of Object.entries(endings)) {
    it(`end by ${name}, and spend nothing any more`, async () => {
      const [dying, living] = [await imported(), await imported()];
      await end(dying);
      assert.notEqual(await lives(dying), true);
      assert.equal(await spend(dying), 'gone');
      assert.equal(await spend(living), 'spent');
    });
  }

  it('are shown to their owner while they live, last used first, and end by her word alone', async () => {
    const idle = await imported();
    const { accountId, digest } = idle;
    const used = await imported({ accountId, prefix: undefined, label: undefined });
    const stranger = await imported();
    const at = later(1);
    await spend(used, { now: at });
    const own = (credential: LegacyCredential) => ({
      digest: credential.digest,
      resource: credential.resource,
      prefix: credential.prefix,
      label: credential.label,
      importedAt: now(),
      endsAt: undefined,
    });
    assert.deepEqual(await store().listOf(accountId, now()), [
      { ...own(used), lastUsedAt: at, calls: 1, spent: 10 },
      { ...own(idle), lastUsedAt: undefined, calls: 0, spent: 0 },
    ]);
    const by = 'owner';
    assert.equal(await store().revoke({ by, accountId: stranger.accountId, digest }, now()), 0);
    assert.equal(await store().revoke({ by, accountId, digest }, now()), 1);
    assert.equal(await store().revoke({ by, accountId, digest }, now()), 0);
    assert.deepEqual(
      (await store().listOf(accountId, now())).map((each) => each.digest),
      [used.digest],
    );
    assert.equal(await lives(stranger), true);
  });

  it('are told by the feed when they are revoked, once, by their digest', async () => {
    const credential = await imported();
    const { digest, accountId } = credential;
    assert.equal(await store().revoke({ by: 'digest', digest }, now()), 1);
    assert.equal(await store().revoke({ by: 'digest', digest }, now()), 0);
    const told = await database.sql('SELECT kind, account_id FROM revocation WHERE id = $1', [
      digest.toString('hex'),
    ]);
    assert.deepEqual(told, [{ kind: 'token', account_id: accountId }]);
  });

  it('are given an end where their person has logged in at an app for the resource, and only there', async () => {
    const stays = await imported();
    const family = await storeFamily(database.storage, database.clock);
    const { accountId } = family;
    const moved = await imported({ resource: stays.resource, accountId });
    const payload = { resources: { [stays.resource]: 'model:call' } };
    await database.storage.grants.save(
      grant(database.clock, { id: unique('grant'), clientId: family.clientId, accountId, payload }),
    );
    const elsewhere = await imported({ accountId });
    assert.equal(await store().retire(stays.resource, later(14), now()), 1);
    assert.equal(await store().retire(stays.resource, later(20), now()), 0, 'nothing is put off');
    assert.deepEqual(
      [await lives(moved, later(13)), await lives(moved, later(14)), await lives(stays, later(20))],
      [true, false, true],
    );
    assert.equal(await lives(elsewhere, later(20)), true);
    assert.equal(await spend(moved, { now: later(14) }), 'gone');
    const figures = await figuresOf(stays);
    assert.deepEqual([figures?.moved, figures?.ending], [1, 1]);
  });

  it('are counted: alive, used, spent, and how many there were before', async () => {
    const used = await imported();
    const gone = await imported({ resource: used.resource });
    await spend(used, { now: later(10) });
    await store().revoke({ by: 'digest', digest: gone.digest }, later(9));
    assert.deepEqual(await figuresOf(used, later(10)), {
      resource: used.resource,
      imported: 2,
      alive: 1,
      aliveWeekAgo: 2,
      aliveMonthAgo: 0,
      usedInWeek: 1,
      usedInMonth: 1,
      moved: 0,
      ending: 0,
      calls: 1,
      spent: 10,
      spentToday: 10,
    });
    const after = await figuresOf(used, later(20));
    assert.deepEqual([after?.usedInWeek, after?.usedInMonth, after?.spentToday], [0, 1, 0]);
  });
});
