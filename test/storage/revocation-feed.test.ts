import assert from 'node:assert/strict';
import { beat, longestSilence, readPatience } from '../../src/resource/feed-policy.js';
import { RevocationFeed, type FeedNews } from '../../src/resource/revocation-feed.js';
import type { LogConnection, LoggedRevocation, LogPage } from '../../src/resource/revocation-log-store.js';
import { storageOver } from '../../src/storage/open.js';
import { listenOnPostgres } from '../../src/storage/postgres-pool.js';
import { onDatabase, onEveryDatabase } from '../support/databases.js';
import { deferred } from '../support/parallel.js';
import { unique } from '../support/records.js';
import { SwallowingRelay } from '../support/swallowing-relay.js';
import { anotherNode, type TestDatabase } from '../support/test-database.js';

const logger = { info: () => {}, warn: () => {} };
const elapsed = () => performance.now();

/** Keeps what a feed says, and waits for what it is going to say. */
function hearing(feed: RevocationFeed) {
  const heard: FeedNews[] = [];
  const waiting = new Set<() => void>();
  feed.follow((news) => {
    heard.push(news);
    for (const resolve of waiting) resolve();
  });
  const until = async (kind: FeedNews['kind'], from = heard.length): Promise<FeedNews> => {
    for (;;) {
      const found = heard.slice(from).find((news) => news.kind === kind);
      if (found) return found;
      const { promise, resolve } = deferred<void>();
      waiting.add(resolve);
      await promise;
      waiting.delete(resolve);
    }
  };
  const keys = () =>
    heard.flatMap((news) =>
      news.kind === 'revoked' && news.revocation.kind === 'key' ? [news.revocation] : [],
    );
  /** The keys, once there are so many. */
  const keysOnce = async (count: number): Promise<readonly LoggedRevocation[]> => {
    while (keys().length < count) await until('revoked');
    return keys();
  };
  return { heard, until, keys, keysOnce };
}

async function revokeKey(database: TestDatabase): Promise<string> {
  const key = unique('key');
  await database.sql('INSERT INTO bound_key (thumbprint, generation, revoked_at) VALUES ($1, 1, now())', [
    key,
  ]);
  return key;
}

onEveryDatabase('the revocation feed', (database) => {
  it('tells what is revoked, in order and once', async () => {
    const feed = new RevocationFeed({ log: database.storage.revocationLog, elapsed, logger });
    const { until, keysOnce } = hearing(feed);
    await until('alive', 0);
    assert.equal(feed.trusted, true);
    const expected = [await revokeKey(database), await revokeKey(database)];
    const told = await keysOnce(2);
    assert.deepEqual(
      told.map(({ id }) => id),
      expected,
    );
    const [one, two] = told.map(({ sequence }) => sequence);
    assert.equal(two, (one ?? 0) + 1);
    await feed.close();
  });

  it('says to forget everything when the log goes back or loses a part, as by a restored backup', async () => {
    const feed = new RevocationFeed({ log: database.storage.revocationLog, elapsed, logger });
    const { until } = hearing(feed);
    await until('alive', 0);
    await database.sql('UPDATE revocation_head SET sequence = sequence + 1000');
    await until('reset');
    await database.sql('UPDATE revocation_head SET sequence = sequence - 1000');
    await until('reset');
    await feed.close();
  });
});

onDatabase('PostgreSQL', 'the revocation feed, cut off,', (database) => {
  const killListeners = () =>
    database.sql(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE application_name = 'holdfast feed' AND datname = current_database()`,
    );

  it('says so when its connection is killed, comes back, and has missed nothing', async () => {
    const feed = new RevocationFeed({ log: database.storage.revocationLog, elapsed, logger });
    const { until, keysOnce } = hearing(feed);
    await until('alive', 0);
    const lost = until('lost');
    await killListeners();
    await lost;
    const key = await revokeKey(database);
    assert.deepEqual(
      (await keysOnce(1)).map(({ id }) => id),
      [key],
    );
    await feed.close();
  });

  it('says so when its connection hangs, without waiting for the network, and comes back by another', async () => {
    const relay = await SwallowingRelay.start(database.url ?? '');
    const storage = await storageOver(
      { ...database.pools, listen: listenOnPostgres(relay.url) },
      database.clock,
    );
    const feed = new RevocationFeed({ log: storage.revocationLog, elapsed, logger });
    const { until, keys, keysOnce } = hearing(feed);
    await until('alive', 0);
    relay.swallow();
    const lost = until('lost');
    const key = await revokeKey(database);
    await lost;
    assert.equal(feed.trusted, false);
    assert.deepEqual(keys(), []);
    relay.pass();
    assert.deepEqual(
      (await keysOnce(1)).map(({ id }) => id),
      [key],
    );
    await feed.close();
    await relay.close();
  });

  for (const seed of [1, 2, 3]) {
    it(`misses nothing while three nodes revoke and its connection is killed again and again (${seed})`, async function () {
      this.timeout(60_000);
      const dice = seeded(seed);
      const nodes = [database, await anotherNode(database), await anotherNode(database)];
      const feed = new RevocationFeed({ log: database.storage.revocationLog, elapsed, logger });
      const { until, keysOnce } = hearing(feed);
      await until('alive', 0);
      const revoking = nodes.map(async (node) => {
        const done: string[] = [];
        for (let count = 0; count < 40; count += 1) {
          done.push(await revokeKey(node));
          if (dice() < 0.1) await killListeners();
        }
        return done;
      });
      const expected = (await Promise.all(revoking)).flat();
      const told = await keysOnce(expected.length);
      assert.deepEqual(told.map(({ id }) => id).toSorted(), expected.toSorted(), 'each once');
      const sequences = told.map(({ sequence }) => sequence);
      assert.deepEqual(
        sequences,
        sequences.toSorted((a, b) => a - b),
        'in the order of their commits',
      );
      await feed.close();
      for (const node of nodes.slice(1)) await node.storage.close();
    });
  }
});

describe('the revocation feed', () => {
  it('leaves no connection behind that comes only after it was closed', async () => {
    let connect: (connection: LogConnection) => void = () => {};
    const connecting = new Promise<LogConnection>((resolve) => (connect = resolve));
    const feed = new RevocationFeed({ log: { listen: () => connecting }, elapsed: () => 0, logger });
    await feed.close();
    await new Promise<void>((resolve) => {
      connect({
        readAfter: () => assert.fail('nobody reads any more'),
        close: () => Promise.resolve(resolve()),
      });
    });
  });
});

describe('trust in the revocation feed', () => {
  it('ends within two seconds, whatever hangs', () => {
    assert.ok(beat + readPatience < 2000);
    assert.ok(longestSilence < 2000);
  });

  it('is gone when a process stood still, before its timers have noticed', async () => {
    const clock = { now: 0 };
    const page: LogPage = { end: { feed: 'one', sequence: 7 }, revocations: [] };
    const connection: LogConnection = {
      readAfter: () => Promise.resolve(page),
      close: () => Promise.resolve(),
    };
    const log = { listen: () => Promise.resolve(connection) };
    const feed = new RevocationFeed({ log, elapsed: () => clock.now, logger });
    await hearing(feed).until('alive', 0);
    assert.equal(feed.trusted, true);
    clock.now += 1901;
    assert.equal(feed.trusted, false);
    await feed.close();
  });
});

/** Random numbers that are the same each time (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
