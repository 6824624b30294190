import assert from 'node:assert/strict';
import { accessToken, storeFamily } from '../support/records.js';
import { newStorage, type TestDatabase } from '../support/test-database.js';

describe('a plan that a connection keeps', () => {
  let database: TestDatabase;
  before(async () => {
    database = await newStorage('PostgreSQL', 1);
    await database.storage.migrate();
  });
  after(() => database.storage.close());

  it('finds a token by its key, also where the hour was analysed with its first few', async () => {
    const { storage, clock } = database;
    const family = await storeFamily(storage, clock);
    const tokens = Array.from({ length: 60 }, () => accessToken(clock, family));
    for (const token of tokens) await storage.accessTokens.insert(token);
    const [first] = tokens;
    assert.ok(first);
    const partition = `access_token_p${first.bucket}`;
    // As autovacuum does once fifty rows are there.
    await database.sql(`ANALYZE ${partition}`);
    // As an operator does: a table that is known to be empty counts for nothing.
    await database.sql('VACUUM ANALYZE');

    const place = { digest: first.digest.toString('hex'), bucket: first.bucket };
    const introspections = storage.introspections({ keeping: true, waiting: 10 });
    assert.ok(await storage.accessTokens.find(first.digest, first.bucket));
    const { token, family: kept } = await introspections.ask({ place, caller: undefined });
    assert.ok(token?.alive);
    const { stands } = await introspections.stands({
      place,
      version: kept?.version ?? '',
      caller: undefined,
    });
    assert.equal(stands, true);

    const key = `ARRAY['${place.digest}'], ARRAY[${place.bucket}]`;
    for (const execution of [
      `access_token_find('\\x${place.digest}', ${place.bucket})`,
      `introspection_with_family(${key}, '{}')`,
      `introspection_rows_stand(${key}, ARRAY['1'::xid], '{}')`,
    ]) {
      const rows = await database.sql<{ 'QUERY PLAN': string }>(`EXPLAIN EXECUTE ${execution}`);
      const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
      // One look for each question, not the index from end to end.
      assert.match(plan, new RegExp(`Index Scan using ${partition}_pkey.*\n +Index Cond: .*digest = `), plan);
      assert.doesNotMatch(plan, new RegExp(`Seq Scan on ${partition}`), plan);
    }
  });
});
