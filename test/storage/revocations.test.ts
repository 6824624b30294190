import assert from 'node:assert/strict';
import type { AccountId } from '../../src/accounts/account.js';
import { onEveryDatabase } from '../support/databases.js';
import { atOnce } from '../support/parallel.js';
import { accessToken, storeFamily, unique } from '../support/records.js';

interface Logged {
  readonly sequence: string;
  readonly kind: string;
  readonly id: string;
  readonly account_id: string | null;
  readonly client_id: string | null;
}

onEveryDatabase('the log of revocations', (database) => {
  const now = () => new Date(database.clock.now());
  const head = async () =>
    Number((await database.sql<{ sequence: string }>('SELECT sequence FROM revocation_head'))[0]?.sequence);
  const since = (sequence: number) =>
    database.sql<Logged>('SELECT * FROM revocation WHERE sequence > $1 ORDER BY sequence', [sequence]);

  async function made() {
    const family = await storeFamily(database.storage, database.clock);
    const jkt = unique('key');
    const token = accessToken(database.clock, family, { jkt, ofLogin: true });
    await database.storage.accessTokens.insert(token);
    const [device] = await database.storage.devices.listOf(family.accountId);
    assert.ok(device);
    return { ...family, jkt, token, device: device.id };
  }
  type Made = Awaited<ReturnType<typeof made>>;

  const levels: Record<
    string,
    (made: Made) => { readonly by: () => Promise<unknown>; readonly row: unknown[] }
  > = {
    token: ({ token, accountId, clientId }) => ({
      by: () => database.storage.accessTokens.revoke(token.digest, token.bucket, now()),
      row: [token.digest.toString('hex'), accountId, clientId],
    }),
    grant: ({ grantId, accountId, clientId }) => ({
      by: () => database.storage.grants.revoke(grantId, now()),
      row: [grantId, accountId, clientId],
    }),
    session: ({ sessionUid, accountId }) => ({
      by: () => database.storage.sessions.end(sessionUid, now()),
      row: [sessionUid, accountId, null],
    }),
    device: ({ device, accountId }) => ({
      by: () => database.storage.devices.revoke(device, now()),
      row: [device, accountId, null],
    }),
    key: ({ jkt }) => ({ by: () => database.storage.revokedKeys.revoke(jkt, now()), row: [jkt, null, null] }),
    client: ({ clientId }) => ({
      by: () => database.storage.clients.revoke(clientId),
      row: [clientId, null, clientId],
    }),
    account: ({ accountId }) => ({
      by: () => database.storage.accounts.revoke(accountId),
      row: [accountId, accountId, null],
    }),
  };

  for (const [kind, level] of Object.entries(levels)) {
    it(`gets one row for the revocation of a ${kind}, and its tokens are dead when the row is there`, async () => {
      const it = await made();
      const { by, row } = level(it);
      const before = await head();
      await by();
      const logged = await since(before);
      assert.deepEqual(
        logged.map((each) => [each.kind, each.id, each.account_id, each.client_id]),
        [[kind, ...row]],
      );
      assert.equal(await head(), before + 1);
      const found = await database.storage.accessTokens.find(it.token.digest, it.token.bucket);
      assert.equal(found?.alive, false);
    });
  }

  it('gets a row for a new epoch, for a removed account and for what is disabled, also by hand', async () => {
    const { accountId, clientId, grantId } = await made();
    const other = await made();
    const before = await head();
    await database.storage.accounts.disable(accountId, now());
    await database.sql('UPDATE "grant" SET generation = generation + 1 WHERE id = $1', [grantId]);
    await database.storage.accounts.remove(other.accountId);
    const { number } = await database.storage.epochs.begin(undefined, now());
    assert.deepEqual(
      (await since(before)).map(({ kind, id }) => [kind, id]),
      [
        ['account', accountId],
        ['grant', grantId],
        ['account', other.accountId],
        ['all', String(number)],
      ],
    );
    assert.ok(clientId);
  });

  it('has no gaps and forgets nothing when twenty-five revoke at once, some of them in vain', async () => {
    const families = await atOnce(25, () => made());
    const before = await head();
    await atOnce(25, async (index) => {
      const { accountId, grantId } = families[index] as Made;
      const revoking = database.storage.transaction.run(async () => {
        await database.storage.accounts.revoke(accountId);
        await database.storage.grants.revoke(grantId, now());
        if (index % 5 === 0) throw new Error('changed my mind');
      });
      await revoking.catch(() => {});
    });
    const logged = await since(before);
    assert.equal(logged.length, 40);
    assert.deepEqual(
      logged.map(({ sequence }) => Number(sequence)),
      logged.map((_, index) => before + 1 + index),
    );
    const kept = families.filter((_, index) => index % 5 !== 0).map(({ accountId }) => accountId as string);
    const told = logged.filter(({ kind }) => kind === 'account').map(({ id }) => id);
    assert.deepEqual(told.toSorted(), kept.toSorted());
  });

  it('keeps a row for thirty days, and the head for ever', async () => {
    const { grantId } = await made();
    await database.storage.grants.revoke(grantId, now());
    const sequence = await head();
    // The database's own clock stamps the log.
    const aged = (days: number) =>
      database.sql('UPDATE revocation SET at = $2 WHERE sequence = $1', [
        sequence,
        new Date(database.clock.now() - days * 86_400_000),
      ]);
    await aged(29);
    await database.storage.maintain();
    assert.equal((await since(sequence - 1)).length, 1);
    await aged(31);
    await database.storage.maintain();
    assert.deepEqual(await since(sequence - 1), []);
    assert.equal(await head(), sequence);
  });

  it('has nothing to say of what changes nothing', async () => {
    const { grantId } = await made();
    await database.storage.grants.revoke(grantId, now());
    const before = await head();
    await database.storage.grants.revoke(grantId, now());
    await database.storage.accounts.revoke('nobody' as AccountId);
    assert.equal(await head(), before);
  });
});
