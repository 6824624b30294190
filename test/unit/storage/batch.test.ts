import assert from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';
import { setImmediate as turn } from 'node:timers/promises';
import { BatchFull } from '../../../src/lib/unavailable.js';
import { createBatch } from '../../../src/storage/batch.js';
import { deferred } from '../../support/parallel.js';

describe('a batch', () => {
  it('joins what comes in one turn, and answers each in its place', async () => {
    const statements: number[][] = [];
    const batch = createBatch<number, number>({
      run: async (items) => {
        statements.push([...items]);
        return items.map((item) => item * 10);
      },
    });
    assert.deepEqual(await Promise.all([1, 2, 3].map((item) => batch.ask(item))), [10, 20, 30]);
    assert.deepEqual(statements, [[1, 2, 3]]);
  });

  it('answers nothing by a statement that began before the question', async () => {
    const gates = [deferred<undefined>(), deferred<undefined>()];
    const statements: number[][] = [];
    const batch = createBatch<number, number>({
      underWay: 1,
      run: async (items) => {
        const place = statements.push([...items]) - 1;
        await gates[place]?.promise;
        return items;
      },
    });
    const first = batch.ask(1);
    await turn();
    const later = [batch.ask(2), batch.ask(3)];
    await turn();
    assert.deepEqual(statements, [[1]]);
    for (const gate of gates) gate.resolve(undefined);
    await Promise.all([first, ...later]);
    assert.deepEqual(statements, [[1], [2, 3]]);
  });

  it('splits what is too much for one statement', async () => {
    const sizes: number[] = [];
    const batch = createBatch<number, number>({
      most: 2,
      run: async (items) => {
        sizes.push(items.length);
        return items;
      },
    });
    assert.deepEqual(await Promise.all([1, 2, 3, 4, 5].map((item) => batch.ask(item))), [1, 2, 3, 4, 5]);
    assert.deepEqual(sizes, [2, 2, 1]);
  });

  it('tells all whose statement failed, and goes on', async () => {
    let failing = true;
    const batch = createBatch<number, number>({
      run: async (items) => {
        if (failing) throw new Error('away');
        return items;
      },
    });
    const failed = await Promise.allSettled([batch.ask(1), batch.ask(2)]);
    assert.deepEqual(
      failed.map(({ status }) => status),
      ['rejected', 'rejected'],
    );
    failing = false;
    assert.equal(await batch.ask(3), 3);
  });

  it('runs its statement outside of the transaction in which it was asked', async () => {
    const transactions = new AsyncLocalStorage<string>();
    const seen: unknown[] = [];
    const batch = createBatch<number, number>({
      run: async (items) => {
        seen.push(transactions.getStore());
        return items;
      },
    });
    await transactions.run('open', () => batch.ask(1));
    assert.deepEqual(seen, [undefined]);
  });

  it('refuses at once what would have to wait behind too many', async () => {
    const gate = deferred<undefined>();
    const batch = createBatch<number, number>({
      waiting: 1,
      underWay: 1,
      run: async (items) => {
        await gate.promise;
        return items;
      },
    });
    const first = batch.ask(1);
    await turn();
    const second = batch.ask(2);
    await assert.rejects(batch.ask(3), BatchFull);
    gate.resolve(undefined);
    assert.deepEqual(await Promise.all([first, second]), [1, 2]);
  });
});
