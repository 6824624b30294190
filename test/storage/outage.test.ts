import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import { DatabaseUnavailable } from '../../src/lib/unavailable.js';
import { openStorage } from '../../src/storage/open.js';
import { onDatabase } from '../support/databases.js';
import { atOnce, deferred } from '../support/parallel.js';
import { startPostgres, type PostgresServer } from '../support/postgres.js';
import {
  account,
  accessToken,
  artifact,
  digest,
  sessionFind,
  storeFamily,
  unique,
} from '../support/records.js';
import { anotherNode, newStorage, storageOnUrl, type TestDatabase } from '../support/test-database.js';

/** One call of each port; none may answer while the database is away. */
function everyPort({ storage, clock }: TestDatabase): Record<string, () => Promise<unknown>> {
  const at = new Date(clock.now());
  const family = { accountId: unique('acc'), clientId: 'c', grantId: 'g', sessionUid: 's' };
  const token = accessToken(clock, family as Parameters<typeof accessToken>[1]);
  return {
    accounts: () => storage.accounts.insert(account(clock)),
    passkeys: () => storage.passkeys.find(digest()),
    challenges: () => storage.challenges.take(digest(), at),
    replays: () => storage.replays.remember(digest(), at),
    settings: () => storage.settings.read('x'),
    refusals: () => storage.refusals.find('x'),
    accessTokens: () => storage.accessTokens.find(token.digest, token.bucket),
    refreshTokens: () => storage.refreshTokens.find(digest()),
    artifacts: () => storage.artifacts.save(artifact(clock), clock.now() / 1000),
    grants: () => storage.grants.find('x'),
    sessions: () => storage.sessions.findByDigest(digest(), sessionFind(clock)),
    clients: () => storage.clients.list(),
    signingKeys: () => storage.signingKeys.rewrite(async (keys) => keys),
    transaction: () => storage.transaction.run(async () => 'nothing'),
    maintain: () => storage.maintain(),
    pendingMigrations: () => storage.pendingMigrations(),
    migrate: () => storage.migrate(),
  };
}

describe('a database that goes away', () => {
  let server: PostgresServer;
  let database: TestDatabase;

  before(async function () {
    this.timeout(60_000);
    server = await startPostgres();
    database = await storageOnUrl(await server.createDatabase());
    await database.storage.migrate();
  });
  after(async () => {
    await database.storage.close();
    await server.remove();
  });

  it('is said to be unavailable by every port, and serves again by itself when it is back', async function () {
    this.timeout(60_000);
    assert.equal(await database.storage.ping(5000), true);
    await server.stop();
    for (const [port, call] of Object.entries(everyPort(database))) {
      await assert.rejects(call, DatabaseUnavailable, port);
    }
    assert.equal(await database.storage.ping(1000), false);
    await server.start();
    for (const [port, call] of Object.entries(everyPort(database))) {
      await assert.doesNotReject(call, port);
    }
    assert.equal(await database.storage.ping(5000), true);
  });

  it('takes a running transaction with it, and nothing of that is kept', async function () {
    this.timeout(60_000);
    const stored = account(database.clock);
    const cut = deferred<void>();
    const begun = deferred<void>();
    const running = database.storage.transaction.run(async () => {
      await database.storage.accounts.insert(stored);
      begun.resolve();
      await cut.promise;
      await database.storage.accounts.insert(account(database.clock));
    });
    await begun.promise;
    await server.stop();
    cut.resolve();
    await assert.rejects(running, DatabaseUnavailable);
    await server.start();
    assert.equal(await database.storage.accounts.find(stored.id), undefined);
    await database.storage.transaction.run(async () => database.storage.accounts.insert(stored));
    assert.ok(await database.storage.accounts.find(stored.id));
  });

  it('is unavailable at the start, too', async function () {
    this.timeout(60_000);
    await server.stop();
    const options = { databaseUrl: database.url, dataFolder: undefined, clock: database.clock };
    await assert.rejects(openStorage(options), DatabaseUnavailable);
    await server.start();
    await (await openStorage(options)).close();
  });
});

onDatabase('PostgreSQL', 'a lost connection', (database) => {
  it('that was idle is replaced without anybody noticing', async () => {
    const node = await anotherNode(database);
    await atOnce(5, () => node.storage.settings.read('x'));
    await node.sql(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE datname = current_database() AND application_name = 'holdfast' AND pid <> pg_backend_pid()
        AND state = 'idle'`,
    );
    await wait(50);
    await atOnce(5, () => node.storage.settings.read('x'));
    await node.storage.close();
  });

  it('in a transaction fails that transaction alone', async () => {
    const node = await anotherNode(database);
    const family = await storeFamily(node.storage, node.clock);
    const token = accessToken(node.clock, family);
    const begun = deferred<void>();
    const cut = deferred<void>();
    const running = node.storage.transaction.run(async () => {
      await node.storage.accessTokens.insert(token);
      begun.resolve();
      await cut.promise;
    });
    await begun.promise;
    await node.sql(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE datname = current_database() AND state = 'idle in transaction'`,
    );
    await wait(50);
    cut.resolve();
    await assert.rejects(running, DatabaseUnavailable);
    assert.equal(await node.storage.accessTokens.find(token.digest, token.bucket), undefined);
    await node.storage.close();
  });

  it('fails who waits for a lock in it, and does not end the process', async () => {
    const node = await anotherNode(database);
    const holder = await database.pools.main.connect();
    await holder.query({ text: 'SELECT pg_advisory_lock(7183, 0)' });
    const migrating = assert.rejects(node.storage.migrate(), DatabaseUnavailable);
    await wait(100);
    await database.sql(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_advisory_lock(7183%' AND wait_event_type = 'Lock'",
    );
    await migrating;
    await holder.query({ text: 'SELECT pg_advisory_unlock(7183, 0)' });
    holder.release();
    assert.deepEqual(await node.storage.migrate(), []);
    await node.storage.close();
  });

  it('that somebody holds and does not use does not end the process', async () => {
    const held = await database.pools.schema?.connect();
    assert.ok(held);
    const { rows } = await held.query<{ pid: number }>({ text: 'SELECT pg_backend_pid() AS pid' });
    await database.sql('SELECT pg_terminate_backend($1)', [rows[0]?.pid]);
    await wait(50);
    await assert.rejects(held.query({ text: 'SELECT 1' }));
    held.release(new Error('lost'));
  });

  it('that is not to be had in time, because others hold them all, is said to be unavailable', async function () {
    this.timeout(30_000);
    const small = await newStorage('PostgreSQL', 1);
    const release = deferred<void>();
    const holding = small.storage.transaction.run(() => release.promise);
    await wait(50);
    await assert.rejects(small.storage.clients.list(), DatabaseUnavailable);
    release.resolve();
    await holding;
    assert.equal(await small.storage.ping(5000), true);
    await small.storage.close();
  });
});
