import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import type { PGlite, Results } from '@electric-sql/pglite';
import { ConnectionNotFree } from '../../src/storage/failure.js';
import { PGlitePool } from '../../src/storage/pglite-pool.js';
import { onEveryDatabase } from '../support/databases.js';
import { atOnce } from '../support/parallel.js';

/** A PGlite that answers after a moment and tells in which order it was asked. */
function slowDatabase() {
  const asked: string[] = [];
  const query = async (text: string): Promise<Results> => {
    asked.push(text);
    await wait(2);
    return { rows: [], fields: [], affectedRows: 0 };
  };
  const fake = { query, exec: async (text: string) => [await query(text)], close: async () => {} };
  return { asked, database: fake as unknown as PGlite };
}

describe('the pool of one connection', () => {
  const pool = (limit: number, database = slowDatabase().database) =>
    new PGlitePool(database, limit, async () => {});

  it('lets each holder finish before the next, first come, first served', async () => {
    const { asked, database } = slowDatabase();
    const one = pool(1000, database);
    await atOnce(5, async (index) => {
      const connection = await one.connect();
      for (const step of ['BEGIN', 'write', 'COMMIT']) await connection.query({ text: `${step} ${index}` });
      connection.release();
    });
    assert.deepEqual(
      asked,
      [0, 1, 2, 3, 4].flatMap((index) => [`BEGIN ${index}`, `write ${index}`, `COMMIT ${index}`]),
    );
  });

  it('gives up waiting for a connection that is never released, and goes on when it is', async () => {
    const one = pool(20);
    const held = await one.connect();
    await assert.rejects(one.query({ text: 'SELECT 1' }), ConnectionNotFree);
    const waiting = one.query({ text: 'SELECT 1' });
    held.release();
    await waiting;
    await one.query({ text: 'SELECT 1' });
  });

  it('takes nothing from a holder that has given back, nor a second giving back', async () => {
    const one = pool(1000);
    const held = await one.connect();
    held.release();
    const next = await one.connect();
    held.release();
    await assert.rejects(held.query({ text: 'SELECT 1' }), ConnectionNotFree);
    const third = one.connect();
    assert.equal(await Promise.race([third, wait(20, 'waits')]), 'waits');
    next.release();
    (await third).release();
  });

  it('waits for its holder before it ends, refuses whoever still waits, and ends once', async () => {
    const one = pool(1000);
    const held = await one.connect();
    const ending = one.end();
    await wait(5);
    const late = one.connect();
    held.release();
    await ending;
    await assert.rejects(late, ConnectionNotFree);
    await assert.rejects(one.connect(), ConnectionNotFree);
    await one.end();
  });
});

onEveryDatabase('the pool', (database) => {
  const query = <Row>(text: string, values?: unknown[]) =>
    database.pools.main.query<Row>(values ? { text, values } : { text });

  it('gives the same JavaScript types', async () => {
    const { rows } = await query<Record<string, unknown>>(
      `SELECT '\\x00ff'::bytea AS bytes, 9007199254740993::int8 AS big, 1.10::numeric AS exact, 7::int4 AS small,
        true AS truth, '2026-01-02T03:04:05.678Z'::timestamptz AS moment, '{"a":[1]}'::json AS json,
        ARRAY['a','b,c']::text[] AS list, NULL::text AS nothing, 1.5::float8 AS real`,
    );
    assert.deepEqual(rows, [
      {
        bytes: Buffer.from([0, 255]),
        big: '9007199254740993',
        exact: '1.10',
        small: 7,
        truth: true,
        moment: new Date('2026-01-02T03:04:05.678Z'),
        json: { a: [1] },
        list: ['a', 'b,c'],
        nothing: null,
        real: 1.5,
      },
    ]);
  });

  it('takes the same parameters', async () => {
    const { rows } = await query<{ same: boolean }>(
      `SELECT $1::bytea = '\\x00ff' AND $2::text[] = ARRAY['a','b"c'] AND $3::timestamptz = '2026-01-02T03:04:05.678Z'
        AND $4::json->>'a' = 'x' AND $5::text IS NULL AND $6::int8 = 9007199254740991 AND $7::boolean AS same`,
      [
        new Uint8Array([0, 255]),
        ['a', 'b"c'],
        new Date('2026-01-02T03:04:05.678Z'),
        '{"a":"x"}',
        undefined,
        9007199254740991,
        true,
      ],
    );
    assert.deepEqual(rows, [{ same: true }]);
  });

  it('counts the rows that were found and those that were changed', async () => {
    await query('CREATE TABLE counted (n int)');
    assert.equal((await query('INSERT INTO counted SELECT generate_series(1, $1::int)', [5])).rowCount, 5);
    assert.equal((await query('SELECT n FROM counted WHERE n > $1', [2])).rowCount, 3);
    assert.equal((await query('UPDATE counted SET n = 0 WHERE n > $1', [99])).rowCount, 0);
    assert.equal((await query('DELETE FROM counted WHERE n < $1 RETURNING n', [3])).rowCount, 2);
    await query('DROP TABLE counted');
  });

  it('prepares a named statement for many calls', async () => {
    for (const value of [1, 2, 3]) {
      const named = { name: 'named_twice', text: 'SELECT $1::int AS value', values: [value] };
      assert.deepEqual((await database.pools.main.query(named)).rows, [{ value }]);
    }
  });

  it('is whole again after a statement failed', async () => {
    await assert.rejects(query('SELECT 1 / $1::int', [0]), /division by zero/);
    await assert.rejects(query('SELEKT'), /syntax error/);
    assert.equal((await query('SELECT 1')).rowCount, 1);
  });
});
