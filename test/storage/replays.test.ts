import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import { onDatabase, onEveryDatabase } from '../support/databases.js';
import { atOnce, deferred, successes } from '../support/parallel.js';
import { digest } from '../support/records.js';
import { anotherNode } from '../support/test-database.js';

onEveryDatabase('the replay store', (database) => {
  const replays = () => database.storage.replays;
  const minutes = (count: number) => new Date(database.clock.now() + count * 60_000);

  it('lets a key through once', async () => {
    const key = digest();
    assert.equal(await replays().remember(key, minutes(10)), true);
    assert.equal(await replays().remember(key, minutes(10)), false);
    assert.equal(await replays().remember(digest(), minutes(10)), true);
  });

  it('lets one of 100 at once through', async () => {
    const key = digest();
    assert.equal(successes(await atOnce(100, () => replays().remember(key, minutes(10)))), 1);
  });

  it('lets one of 100 at once through although each names another end', async () => {
    const key = digest();
    const answers = await atOnce(100, (index) => replays().remember(key, minutes(index * 7)));
    assert.equal(successes(answers), 1);
  });

  it('knows a key again that comes with a later or an earlier end', async () => {
    const key = digest();
    assert.equal(await replays().remember(key, minutes(90)), true);
    assert.equal(await replays().remember(key, minutes(300)), false);
    assert.equal(await replays().remember(key, minutes(1)), false);
    assert.equal(await replays().remember(key, minutes(-600)), false);
  });

  it('lets one of 100 uses of a proof at once through, also an hour later', async () => {
    const use = { key: digest(), iat: Math.floor(database.clock.now() / 1000) };
    assert.equal(successes(await atOnce(100, () => replays().rememberProof(use))), 1);
    database.clock.advance(3600);
    await database.storage.maintain();
    assert.equal(await replays().rememberProof(use), false);
    assert.equal(await replays().rememberProof({ ...use, key: digest() }), true);
  });

  it('makes the second caller wait for the first, although it names another end', async () => {
    const key = digest();
    await replays().remember(digest(), minutes(200));
    const remembered = deferred<boolean>();
    const commit = deferred<void>();
    const first = database.storage.transaction.run(async () => {
      remembered.resolve(await replays().remember(key, minutes(10)));
      await commit.promise;
    });
    assert.equal(await remembered.promise, true);
    const second = replays().remember(key, minutes(200));
    assert.equal(await Promise.race([second, wait(50, 'waits')]), 'waits');
    commit.resolve();
    await first;
    assert.equal(await second, false);
  });

  it('remembers to the end, over the hour and the dropping of old partitions', async () => {
    const key = digest();
    await replays().remember(key, minutes(119));
    database.clock.advance(118 * 60);
    await database.storage.maintain();
    assert.equal(await replays().remember(key, minutes(1)), false);
  });

  it('is written to the log, so that a crash does not make it forget', async () => {
    const tables = await database.sql<{ relpersistence: string }>(
      "SELECT DISTINCT relpersistence FROM pg_class WHERE relname LIKE 'replay%'",
    );
    assert.deepEqual(tables, [{ relpersistence: 'p' }]);
  });
});

onDatabase('PostgreSQL', 'replay memory of two nodes', (database) => {
  it('is one: of 100 at once, half of them each, one gets through', async () => {
    const other = await anotherNode(database);
    const key = digest();
    const stores = [database.storage.replays, other.storage.replays];
    const answers = await atOnce(100, (index) => {
      const store = stores[index % 2];
      assert.ok(store);
      return store.remember(key, new Date(database.clock.now() + index * 120_000));
    });
    await other.storage.close();
    assert.equal(successes(answers), 1);
  });
});
