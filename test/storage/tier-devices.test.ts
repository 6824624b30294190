import assert from 'node:assert/strict';
import type { AccountId } from '../../src/accounts/account.js';
import { eventually, waitingForLocks } from '../support/database-waits.js';
import { onDatabase, onEveryDatabase } from '../support/databases.js';
import { atOnce, deferred, successes } from '../support/parallel.js';
import { unique } from '../support/records.js';

onEveryDatabase('the devices of a tier', (database) => {
  const use = (accountId: string, thumbprint: string, most: number, tier = 'premium') =>
    database.storage.tierDevices.use({
      accountId: accountId as AccountId,
      tier,
      thumbprint,
      most,
      now: new Date(database.clock.now()),
    });

  it('lets in exactly as many as it allows, where twenty ask at once', async () => {
    const account = unique('acc');
    const answers = await atOnce(20, (index) => use(account, `key${index}`, 3));
    assert.equal(successes(answers), 3);
  });

  it('lets another one in a day after the last call, and counts each account and tier alone', async () => {
    const account = unique('acc');
    assert.equal(await use(account, 'one', 1), true);
    database.clock.advance(43_200);
    assert.equal(await use(account, 'one', 1), true);
    database.clock.advance(86_300);
    assert.equal(await use(account, 'two', 1), false);
    assert.equal(await use(account, 'two', 1, 'frontier'), true);
    assert.equal(await use(unique('acc'), 'two', 1), true);
    database.clock.advance(200);
    assert.equal(await use(account, 'two', 1), true);
    assert.equal(await use(account, 'one', 1), false);
  });
});

onDatabase('PostgreSQL', 'the devices of a tier', (database) => {
  it('stand in line: who comes while another is being let in waits, and is counted after it', async () => {
    const accountId = unique('acc') as AccountId;
    const now = new Date(database.clock.now());
    const use = (thumbprint: string) =>
      database.storage.tierDevices.use({ accountId, tier: 'premium', thumbprint, most: 1, now });
    const [letIn, commit] = [deferred<void>(), deferred<void>()];
    const first = database.storage.transaction.run(async () => {
      const admitted = await use('one');
      letIn.resolve();
      await commit.promise;
      return admitted;
    });
    await letIn.promise;
    let answered = false;
    const second = use('two').finally(() => (answered = true));
    await eventually(async () => answered || (await waitingForLocks(database.url ?? '')) > 0);
    commit.resolve();
    assert.deepEqual([await first, await second], [true, false]);
  });
});
