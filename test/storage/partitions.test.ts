import assert from 'node:assert/strict';
import { onDatabase, onEveryDatabase } from '../support/databases.js';
import { atOnce, deferred, successes } from '../support/parallel.js';
import { accessToken, storeFamily } from '../support/records.js';
import { anotherNode, type TestDatabase } from '../support/test-database.js';

const hour = 3600;
const currentHour = (database: TestDatabase): number => Math.floor(database.clock.now() / 1000 / hour);
const inHours = (database: TestDatabase, count: number): number =>
  (currentHour(database) + count) * hour + 60;

async function partitions(database: TestDatabase, table: string): Promise<string[]> {
  const rows = await database.sql<{ name: string }>(
    `SELECT c.relname AS name FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = $1::regclass ORDER BY 1`,
    [table],
  );
  return rows.map(({ name }) => name);
}

onEveryDatabase('the time partitions', (database) => {
  const token = async (expiresAt: number) =>
    accessToken(database.clock, await storeFamily(database.storage, database.clock), { expiresAt });

  it('of this hour and the next two are made ahead', async () => {
    await database.storage.maintain();
    const now = currentHour(database);
    for (const table of ['access_token', 'artifact', 'webauthn_challenge', 'replay']) {
      const made = await partitions(database, table);
      for (const bucket of [now, now + 1, now + 2]) assert.ok(made.includes(`${table}_p${bucket}`), table);
    }
  });

  it('are made on demand, once, when many rows meet a new hour at the same time', async () => {
    const expiresAt = inHours(database, 40);
    const tokens = await atOnce(20, () => token(expiresAt));
    const inserted = await Promise.all(tokens.map((one) => database.storage.accessTokens.insert(one)));
    assert.equal(successes(inserted), 20);
  });

  it('are dropped an hour after their end, not before, and the others stay', async () => {
    const old = await token(inHours(database, 0));
    const next = await token(inHours(database, 4));
    await database.storage.accessTokens.insert(old);
    await database.storage.accessTokens.insert(next);
    database.clock.advance(hour);
    await database.storage.maintain();
    assert.ok((await partitions(database, 'access_token')).includes(`access_token_p${old.bucket}`));
    database.clock.advance(hour);
    await database.storage.maintain();
    assert.ok(!(await partitions(database, 'access_token')).includes(`access_token_p${old.bucket}`));
    assert.equal(await database.storage.accessTokens.find(old.digest, old.bucket), undefined);
    assert.ok(await database.storage.accessTokens.find(next.digest, next.bucket));
    const tables = await database.sql('SELECT 1 FROM pg_class WHERE relname = $1', [
      `access_token_p${old.bucket}`,
    ]);
    assert.equal(tables.length, 0);
  });

  it('that were dropped behind our back are made again by the next insert', async () => {
    const one = await token(inHours(database, 5));
    await database.storage.accessTokens.insert(one);
    await database.sql(`DROP TABLE access_token_p${one.bucket}`);
    const other = await token(inHours(database, 5));
    assert.equal(await database.storage.accessTokens.insert(other), true);
    assert.ok(await database.storage.accessTokens.find(other.digest, other.bucket));
  });

  it('whose detaching was broken off are dropped the next time', async () => {
    const one = await token(inHours(database, 0));
    await database.storage.accessTokens.insert(one);
    await database.sql(`ALTER TABLE access_token DETACH PARTITION access_token_p${one.bucket}`);
    database.clock.advance(2 * hour);
    await database.storage.maintain();
    const tables = await database.sql('SELECT 1 FROM pg_class WHERE relname = $1', [
      `access_token_p${one.bucket}`,
    ]);
    assert.equal(tables.length, 0);
  });

  it('are pruned: a look-up by digest and hour reads one', async () => {
    const plan = await database.sql<{ 'QUERY PLAN': string }>(
      `EXPLAIN SELECT 1 FROM access_token WHERE digest = '\\x00' AND bucket = ${currentHour(database)}`,
    );
    const text = plan.map((line) => line['QUERY PLAN']).join('\n');
    assert.equal(
      text.match(/access_token_p\d+/g)?.filter((name, at, all) => all.indexOf(name) === at).length,
      1,
    );
  });

  it('of expired long-lived rows are none: those are swept a day later', async () => {
    const family = await storeFamily(database.storage, database.clock);
    database.clock.advance(2 * 86_400 - 60);
    await database.storage.maintain();
    assert.ok(await database.storage.grants.find(family.grantId));
    assert.ok(await database.storage.sessions.findByUid(family.sessionUid));
    database.clock.advance(120);
    await database.storage.maintain();
    assert.equal(await database.storage.grants.find(family.grantId), undefined);
    assert.equal(await database.storage.sessions.findByUid(family.sessionUid), undefined);
    assert.ok(await database.storage.accounts.find(family.accountId));
  });
});

onDatabase('PostgreSQL', 'the time partitions of several nodes', (database) => {
  it('are made once, and kept up and dropped by all of them at the same time', async () => {
    const nodes = await atOnce(4, () => anotherNode(database));
    const expiresAt = inHours(database, 60);
    const inserted = await atOnce(40, async (index) => {
      const node = nodes[index % 4];
      assert.ok(node);
      const family = await storeFamily(node.storage, node.clock);
      return node.storage.accessTokens.insert(accessToken(node.clock, family, { expiresAt }));
    });
    assert.equal(successes(inserted), 40);
    database.clock.advance(5 * hour);
    await Promise.all(nodes.map(({ storage }) => storage.maintain()));
    for (const node of nodes) await node.storage.close();
  });

  it('are dropped while a long transaction reads the table, without holding up others', async () => {
    const old = accessToken(database.clock, await storeFamily(database.storage, database.clock));
    await database.storage.accessTokens.insert(old);
    database.clock.advance(3 * hour);
    const release = deferred<void>();
    const reading = database.storage.transaction.run(async () => {
      await database.storage.accessTokens.find(old.digest, old.bucket);
      await release.promise;
    });
    const maintaining = database.storage.maintain();
    const current = accessToken(database.clock, await storeFamily(database.storage, database.clock));
    assert.equal(await database.storage.accessTokens.insert(current), true);
    release.resolve();
    await Promise.all([reading, maintaining]);
  });
});
