import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import type { AttemptKey } from '../../src/accounts/attempt-store.js';
import { onDatabase, onEveryDatabase } from '../support/databases.js';
import { atOnce } from '../support/parallel.js';
import { digest } from '../support/records.js';

const pace = { firstWait: 10, longestWait: 60, memory: 3600 };

onEveryDatabase('the store of attempts', (database) => {
  const now = () => new Date(database.clock.now());
  const take = (...keys: AttemptKey[]) => database.storage.attempts.take(keys, pace, now());
  const key = (allowance: number): AttemptKey => ({ digest: digest(), allowance });

  it('lets the allowance through, then doubles the wait up to the longest', async () => {
    const own = key(2);
    assert.deepEqual([await take(own), await take(own), await take(own)], [0, 0, 10]);
    for (const wait of [20, 40, 60, 60]) {
      database.clock.advance(61);
      assert.equal(await take(own), 0);
      assert.equal(await take(own), wait);
    }
  });

  it('lets none of 50 more through at once, nor more than the allowance of a new key', async () => {
    const own = key(3);
    const waits = await atOnce(50, () => take(own));
    assert.equal(waits.filter((wait) => wait === 0).length, 3);
  });

  it('asks for no wait of a node whose clock is behind, where none was earned', async () => {
    const own = key(3);
    assert.equal(await take(own), 0);
    database.clock.advance(-5);
    assert.equal(await take(own), 0);
    database.clock.advance(5);
    await database.storage.attempts.forgive([own], [], now());
    database.clock.advance(-5);
    assert.equal(await take(own), 0);
    database.clock.advance(5);
  });

  it('counts a try that must wait nowhere', async () => {
    const [shut, open] = [key(1), key(2)];
    await take(shut);
    for (let tries = 0; tries < 5; tries += 1) assert.equal(await take(open, shut), 10);
    assert.deepEqual([await take(open), await take(open), await take(open)], [0, 0, 10]);
  });

  it('takes keys in any order without a deadlock', async () => {
    const keys = Array.from({ length: 6 }, () => key(1000));
    const waits = await atOnce(40, (index) => take(...(index % 2 ? keys : keys.toReversed())));
    assert.deepEqual(new Set(waits), new Set([0]));
  });

  it('forgets after so long without a try', async () => {
    const own = key(1);
    await take(own);
    database.clock.advance(pace.memory);
    assert.equal(await take(own), 0);
    assert.equal(await take(own), 10);
  });

  it('forgives a success: its own tries are gone, of the shared ones only this', async () => {
    const [own, shared] = [key(1), key(3)];
    await take(own, shared);
    await take(shared);
    await database.storage.attempts.forgive([own], [shared], now());
    assert.equal(await take(own), 0);
    assert.deepEqual([await take(shared), await take(shared), await take(shared)], [0, 0, 10]);
  });

  it('keeps the wait of a shared key that others have earned', async () => {
    const [own, shared] = [key(5), key(2)];
    await take(own, shared);
    await atOnce(2, () => take(shared));
    database.clock.advance(15);
    await take(shared);
    await database.storage.attempts.forgive([own], [shared], now());
    assert.equal(await take(shared), 20);
  });

  it('refuses to count inside a transaction, whose end could undo it', async () => {
    await assert.rejects(
      database.storage.transaction.run(() => take(key(1))),
      /outside of transactions/,
    );
  });
});

onDatabase('PostgreSQL', 'a try beside one that is being counted', (database) => {
  it('waits for it, and is counted after it', async () => {
    const { attempts } = database.storage;
    const last: AttemptKey = { digest: digest(), allowance: 2 };
    const now = new Date(database.clock.now());
    await attempts.take([last], pace, now);
    const other = await database.pools.main.connect();
    await other.query({ text: 'BEGIN' });
    await other.query({
      text: 'SELECT take_attempt($1, $2, $3, $4, $5, $6)',
      values: [[last.digest], [last.allowance], now, pace.firstWait, pace.longestWait, pace.memory],
    });
    const beside = attempts.take([last], pace, now);
    await wait(200);
    await other.query({ text: 'COMMIT' });
    other.release();
    assert.equal(await beside, pace.firstWait);
  });
});
