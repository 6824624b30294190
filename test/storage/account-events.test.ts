import assert from 'node:assert/strict';
import type { AccountEvent } from '../../src/accounts/account-event.js';
import { onEveryDatabase } from '../support/databases.js';
import { storeAccount, unique } from '../support/records.js';

onEveryDatabase('the account event store', (database) => {
  const events = () => database.storage.accountEvents;
  const someAccount = async () => (await storeAccount(database.storage, database.clock)).id;
  const event = (changes: Pick<AccountEvent, 'accountId'> & Partial<AccountEvent>): AccountEvent => ({
    id: unique('evt'),
    kind: 'passkey_added',
    at: new Date(database.clock.now()),
    place: 'HK',
    browser: 'Chrome on macOS',
    detail: { name: 'Laptop', synced: true },
    ...changes,
  });

  it('lists what happened to one account, newest first, as far as asked', async () => {
    const accountId = await someAccount();
    const older = event({ accountId, place: undefined, browser: undefined, detail: {} });
    database.clock.advance(1);
    const newer = event({ accountId });
    for (const each of [older, newer, event({ accountId: await someAccount() })]) await events().insert(each);
    assert.deepEqual(await events().listOf(accountId, 9), [newer, older]);
    assert.deepEqual(await events().listOf(accountId, 1), [newer]);
  });

  it('keeps nothing of an account that is gone', async () => {
    const accountId = await someAccount();
    await database.storage.accounts.remove(accountId);
    await events().insert(event({ accountId }));
    assert.deepEqual(await events().listOf(accountId, 9), []);
  });

  it('forgets what is older than 400 days', async () => {
    const accountId = await someAccount();
    const daysAgo = (days: number) => new Date(database.clock.now() - days * 86_400_000);
    const kept = event({ accountId, at: daysAgo(399) });
    for (const each of [event({ accountId, at: daysAgo(401) }), kept]) await events().insert(each);
    await database.storage.maintain();
    assert.deepEqual(await events().listOf(accountId, 9), [kept]);
  });
});
