import assert from 'node:assert/strict';
import { onEveryDatabase } from '../support/databases.js';
import { atOnce, successes } from '../support/parallel.js';
import { account, digest } from '../support/records.js';

onEveryDatabase('the recovery code store', (database) => {
  const codes = () => database.storage.recoveryCodes;
  const now = () => new Date(database.clock.now());
  const digests = () => Array.from({ length: 10 }, digest);
  const someone = async () => {
    const person = account(database.clock);
    await database.storage.accounts.insert(person);
    return person.id;
  };

  it('lets each code be taken once, by its own account alone, and counts what is left', async () => {
    const [ada, grace] = [await someone(), await someone()];
    const made = digests();
    await codes().replace(ada, made, now());
    const [first = digest()] = made;
    assert.equal(await codes().take(grace, first, now()), false);
    assert.equal(await codes().take(ada, first, now()), true);
    assert.equal(await codes().take(ada, first, now()), false);
    assert.equal(await codes().countLeft(ada), 9);
    assert.equal(await codes().countLeft(grace), 0);
  });

  it('lets one of 25 at once take a code', async () => {
    const ada = await someone();
    const made = digests();
    await codes().replace(ada, made, now());
    const answers = await atOnce(25, () => codes().take(ada, made[3] ?? digest(), now()));
    assert.equal(successes(answers), 1);
  });

  it('voids the old codes by new ones, and leaves one list where two were made at once', async () => {
    const ada = await someone();
    const [old, ...lists] = [digests(), digests(), digests()];
    await codes().replace(ada, old ?? [], now());
    await Promise.all(lists.map((list) => codes().replace(ada, list, now())));
    assert.equal(await codes().take(ada, old?.[0] ?? digest(), now()), false);
    assert.equal(await codes().countLeft(ada), 10);
  });
});
