import assert from 'node:assert/strict';
import type { AccountId } from '../../src/accounts/account.js';
import type { Recovery } from '../../src/accounts/recovery-store.js';
import { onEveryDatabase } from '../support/databases.js';
import { atOnce, successes } from '../support/parallel.js';
import { digest, unique } from '../support/records.js';

onEveryDatabase('the recovery store', (database) => {
  const recoveries = () => database.storage.recoveries;
  const now = () => new Date(database.clock.now());
  const recovery = (): Recovery => ({
    id: unique('rec'),
    accountId: unique('acc') as AccountId,
    at: now(),
    undoUntil: new Date(database.clock.now() + 259_200_000),
    undoneAt: undefined,
  });

  it('finds a recovery by its id and by the link that undoes it', async () => {
    const [made, link] = [recovery(), digest()];
    await recoveries().insert(made, link);
    assert.deepEqual(await recoveries().find(made.id), made);
    assert.deepEqual(await recoveries().findByUndo(link), made);
    assert.equal(await recoveries().findByUndo(digest()), undefined);
  });

  it('is undone by one of 25 at once, and says when', async () => {
    const made = recovery();
    await recoveries().insert(made, digest());
    assert.equal(successes(await atOnce(25, () => recoveries().undo(made.id, now()))), 1);
    assert.deepEqual((await recoveries().find(made.id))?.undoneAt, now());
  });

  it('is not undone once its time has passed', async () => {
    const made = recovery();
    await recoveries().insert(made, digest());
    assert.equal(await recoveries().undo(made.id, made.undoUntil), false);
  });
});
