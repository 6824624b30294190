import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import type { StoredChallenge } from '../../src/accounts/challenge-store.js';
import { onDatabase, onEveryDatabase } from '../support/databases.js';
import { atOnce, deferred } from '../support/parallel.js';
import { account, artifact, storeFamily, accessToken, digest, unique } from '../support/records.js';
import { newStorage } from '../support/test-database.js';

onEveryDatabase('a transaction', (database) => {
  const run = <Result>(work: () => Promise<Result>) => database.storage.transaction.run(work);
  const insert = async () => {
    const stored = account(database.clock);
    await database.storage.accounts.insert(stored);
    return stored.id;
  };
  const exists = async (id: Awaited<ReturnType<typeof insert>>) =>
    (await database.storage.accounts.find(id)) !== undefined;

  it('keeps everything when it ends well, and returns what the work returned', async () => {
    const ids = await run(async () => [await insert(), await insert()]);
    for (const id of ids) assert.equal(await exists(id), true);
  });

  it('keeps nothing when the work throws, and rethrows', async () => {
    const ids: Awaited<ReturnType<typeof insert>>[] = [];
    const failing = run(async () => {
      ids.push(await insert());
      await database.storage.settings.pin(unique('setting'), 'value');
      throw new RangeError('stop');
    });
    await assert.rejects(failing, new RangeError('stop'));
    for (const id of ids) assert.equal(await exists(id), false);
  });

  it('is one for fixed statements and TypeORM alike', async () => {
    await run(async () => {
      const id = await insert();
      assert.equal(await exists(id), true);
      assert.equal((await database.storage.accounts.list({ limit: 100_000 })).at(-1)?.id !== undefined, true);
    });
  });

  it('does not let others see what is not committed', async () => {
    const proceed = deferred<void>();
    const inserted = deferred<Awaited<ReturnType<typeof insert>>>();
    const running = run(async () => {
      inserted.resolve(await insert());
      await proceed.promise;
    });
    const id = await inserted.promise;
    const seen = exists(id);
    // PGlite makes the reader wait for the writer; PostgreSQL answers at once, from before the writer.
    const early = await Promise.race([seen, wait(100, 'waits' as const)]);
    assert.notEqual(early, true);
    proceed.resolve();
    await running;
    await seen;
    assert.equal(await exists(id), true);
  });

  it('that is rolled back takes nothing with it that was committed meanwhile', async () => {
    const kept: Awaited<ReturnType<typeof insert>>[] = [];
    const rolledBack: Awaited<ReturnType<typeof insert>>[] = [];
    await atOnce(10, async (index) => {
      if (index % 2 === 0) return void kept.push(await insert());
      const failing = run(async () => {
        rolledBack.push(await insert());
        await wait(5);
        throw new Error('roll back');
      });
      await assert.rejects(failing, /roll back/);
    });
    for (const id of kept) assert.equal(await exists(id), true);
    for (const id of rolledBack) assert.equal(await exists(id), false);
  });

  it('is undisturbed by others that fail at the same time', async () => {
    const outcomes = await atOnce(10, async (index) => {
      const made: Awaited<ReturnType<typeof insert>>[] = [];
      try {
        await run(async () => {
          made.push(await insert());
          await wait(2);
          made.push(await insert());
          if (index % 3 === 0) throw new Error('roll back');
        });
      } catch {
        return { made, committed: false };
      }
      return { made, committed: true };
    });
    for (const { made, committed } of outcomes) {
      for (const id of made) assert.equal(await exists(id), committed);
    }
  });

  it('inside another joins it', async () => {
    const ids: Awaited<ReturnType<typeof insert>>[] = [];
    const failing = run(async () => {
      ids.push(await run(insert));
      throw new Error('outer');
    });
    await assert.rejects(failing, /outer/);
    for (const id of ids) assert.equal(await exists(id), false);
  });

  it('is not committed when an inner one failed, even if somebody caught that', async () => {
    const ids: Awaited<ReturnType<typeof insert>>[] = [];
    const outer = run(async () => {
      ids.push(await insert());
      await run(async () => {
        ids.push(await insert());
        throw new Error('inner');
      }).catch(() => {});
    });
    await assert.rejects(outer, /inner/);
    for (const id of ids) assert.equal(await exists(id), false);
  });

  it('does not pretend to commit after a statement failed, even if somebody caught that', async () => {
    const challenge: StoredChallenge = {
      digest: digest(),
      purpose: 'sign_in',
      boundTo: digest(),
      accountId: undefined,
      facts: {},
      expiresAt: new Date(database.clock.now() + 300_000),
    };
    await database.storage.challenges.put(challenge);
    const outer = run(async () => {
      await insert();
      await database.storage.challenges.put(challenge).catch(() => {});
    });
    await assert.rejects(outer, /duplicate key/);
  });

  it('lets work that outlives it go on alone', async () => {
    const late = deferred<Awaited<ReturnType<typeof insert>>>();
    await run(async () => {
      setTimeout(() => void insert().then(late.resolve, late.reject), 30);
    });
    assert.equal(await exists(await late.promise), true);
  });

  it('may insert into hours that have no partition yet, and be rolled back', async () => {
    const family = await storeFamily(database.storage, database.clock);
    const token = () =>
      accessToken(database.clock, family, { expiresAt: Math.floor(database.clock.now() / 1000) + 50 * 3600 });
    const failing = run(async () => {
      assert.equal(await database.storage.accessTokens.insert(token()), true);
      await database.storage.artifacts.save(artifact(database.clock), 0);
      throw new Error('roll back');
    });
    await assert.rejects(failing, /roll back/);
    const kept = token();
    assert.equal(await database.storage.accessTokens.insert(kept), true);
    assert.ok(await database.storage.accessTokens.find(kept.digest, kept.bucket));
  });
});

onDatabase('PostgreSQL', 'a transaction in a pool of one connection', () => {
  it('does not wait for a second connection to make a partition', async () => {
    const small = await newStorage('PostgreSQL', 1);
    await small.storage.migrate();
    const family = await storeFamily(small.storage, small.clock);
    await small.storage.transaction.run(async () => {
      assert.equal(await small.storage.accessTokens.insert(accessToken(small.clock, family)), true);
    });
    await small.storage.close();
  });
});
