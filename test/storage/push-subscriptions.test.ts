import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import type { AccountId } from '../../src/accounts/account.js';
import type { PushSubscriptionId } from '../../src/stepup/push-subscription.js';
import { onEveryDatabase } from '../support/databases.js';
import { storeAccount } from '../support/records.js';

onEveryDatabase('the push subscription store', (database) => {
  const store = () => database.storage.pushSubscriptions;
  const now = () => new Date(database.clock.now());
  const someAccount = async () => (await storeAccount(database.storage, database.clock)).id;
  const subscription = (accountId: AccountId) => ({
    id: randomBytes(32).toString('base64url') as PushSubscriptionId,
    accountId,
    sealed: 'sealed',
    browser: 'Chrome on Android',
    createdAt: now(),
    lastDeliveredAt: undefined,
  });

  it('keeps as many of an account as asked, newest first, and knows when one last took a message', async () => {
    const accountId = await someAccount();
    const kept = [];
    for (let count = 0; count < 3; count += 1) {
      kept.unshift(subscription(accountId));
      await store().put(kept[0] as (typeof kept)[number], 2);
      database.clock.advance(1);
    }
    await store().put(subscription(await someAccount()), 2);
    const [newest, older] = kept;
    assert.deepEqual(await store().listOf(accountId), [newest, older]);
    assert.ok(newest);
    const at = now();
    await store().recordDelivery(newest.id, at);
    assert.deepEqual((await store().listOf(accountId))[0], { ...newest, lastDeliveredAt: at });
  });

  it('gives a browser to whoever turned it on last', async () => {
    const [before, after] = [await someAccount(), await someAccount()];
    const first = subscription(before);
    await store().put(first, 9);
    await store().put({ ...first, accountId: after }, 9);
    assert.deepEqual(await store().listOf(before), []);
    assert.equal((await store().listOf(after)).length, 1);
  });

  it('removes what belongs to the account that asks, and nothing else', async () => {
    const accountId = await someAccount();
    const one = subscription(accountId);
    await store().put(one, 9);
    assert.equal(await store().remove(await someAccount(), one.id), false);
    assert.equal(await store().remove(accountId, one.id), true);
    assert.deepEqual(await store().listOf(accountId), []);
  });

  it('ends with the generation of its account, and keeps nothing for one that is gone', async () => {
    const accountId = await someAccount();
    await store().put(subscription(accountId), 9);
    await database.storage.accounts.revoke(accountId);
    assert.deepEqual(await store().listOf(accountId), []);
    await store().put(subscription(accountId), 9);
    assert.equal((await store().listOf(accountId)).length, 1);
    await database.storage.accounts.remove(accountId);
    await store().put(subscription(accountId), 9);
    assert.deepEqual(await store().listOf(accountId), []);
  });
});
