import assert from 'node:assert/strict';
import { statement, type AskText } from '../../src/storage/connection.js';
import { textQueries } from '../../src/storage/text-query.js';
import { textArray } from '../../src/storage/values.js';
import { newStorage, type TestDatabase } from '../support/test-database.js';

const echo = statement('test_echo', 'SELECT json_agg(x)::text FROM unnest($1::text[]) x');
const nothing = statement('test_nothing', 'SELECT x FROM unnest($1::text[]) x');
const divided = statement('test_divided', 'SELECT (1 / $1::int)::text');
const slow = statement('test_slow', 'SELECT pg_sleep($1::int)::text');

describe('a query for one text', () => {
  let database: TestDatabase;
  let ask: AskText;
  before(async () => {
    database = await newStorage('PostgreSQL', 2);
    assert.ok(database.pools.askText);
    ask = database.pools.askText;
  });
  after(() => database.storage.close());

  const givenBack = () => {
    const { totalCount, idleCount, waitingCount } = database.pools.main;
    return { held: totalCount - idleCount, waitingCount };
  };

  it('takes texts as they are, whatever an array would read into them', async () => {
    const texts = ['plain', '', 'a,b', '{c}', '"d"', 'e\\f', ' g ', 'NULL', 'é', "h'i", 'j\nk'];
    assert.deepEqual(JSON.parse(await ask(echo, [textArray(texts)])), texts);
    assert.deepEqual(JSON.parse(await ask(echo, [textArray(['again'])])), ['again']);
  });

  it('answers each of many who ask at once, over as many connections as there are', async () => {
    const numbers = Array.from({ length: 50 }, (_, index) => String(index));
    const answers = await Promise.all(numbers.map((number) => ask(echo, [textArray([number])])));
    assert.deepEqual(
      answers.map((answer) => JSON.parse(answer) as unknown),
      numbers.map((number) => [number]),
    );
    assert.equal(database.pools.main.totalCount, 2);
    assert.deepEqual(givenBack(), { held: 0, waitingCount: 0 });
  });

  it('fails as the statement failed, and takes no connection out of use', async () => {
    for (let round = 0; round < 3; round++) {
      await assert.rejects(ask(divided, ['0']), { code: '22012' });
      assert.equal(await ask(divided, ['1']), '1');
    }
    assert.deepEqual(givenBack(), { held: 0, waitingCount: 0 });
  });

  it('fails where there is no text, for that is a mistake of ours', async () => {
    await assert.rejects(ask(nothing, ['{}']), /test_nothing answered no text/);
    await assert.rejects(ask(nothing, ['{NULL}']), /test_nothing answered no text/);
    assert.deepEqual(givenBack(), { held: 0, waitingCount: 0 });
  });

  it('fails when it takes too long, and what comes after it has the answer to its own question', async () => {
    const { default: pg } = await import('pg');
    const pool = new pg.Pool({ connectionString: database.url, max: 1, query_timeout: 200 });
    pool.on('connect', (client) => client.on('error', () => {}));
    const hurried = textQueries(pool);
    const late = assert.rejects(hurried(slow, ['1']), /Query read timeout/);
    assert.deepEqual(JSON.parse(await hurried(echo, [textArray(['mine'])])), ['mine']);
    await late;
    assert.equal(pool.totalCount - pool.idleCount, 0);
    await pool.end();
  });

  it('fails when the driver can’t send it, and gives its connection back', async () => {
    await assert.rejects(ask(echo, [undefined as unknown as string, Symbol('x') as unknown as string]));
    assert.deepEqual(givenBack(), { held: 0, waitingCount: 0 });
  });

  it('fails when its connection is cut while it runs, and the next has another', async () => {
    const cut = assert.rejects(ask(slow, ['20']), /terminat/);
    const killing = `SELECT pg_terminate_backend(pid) AS killed FROM pg_stat_activity
      WHERE datname = current_database() AND query LIKE 'SELECT pg_sleep%'`;
    let killed: unknown[] = [];
    while (killed.length === 0) killed = await database.sql(killing);
    await cut;
    assert.deepEqual(JSON.parse(await ask(echo, [textArray(['there'])])), ['there']);
    assert.deepEqual(givenBack(), { held: 0, waitingCount: 0 });
  });
});
