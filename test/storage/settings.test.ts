import assert from 'node:assert/strict';
import { onEveryDatabase } from '../support/databases.js';
import { atOnce } from '../support/parallel.js';
import { unique } from '../support/records.js';

onEveryDatabase('the setting store', (database) => {
  it('keeps the value that was pinned first', async () => {
    const name = unique('setting');
    assert.equal(await database.storage.settings.read(name), undefined);
    assert.equal(await database.storage.settings.pin(name, 'first'), 'first');
    assert.equal(await database.storage.settings.pin(name, 'second'), 'first');
    assert.equal(await database.storage.settings.read(name), 'first');
  });

  it('tells all of 50 at once the same value', async () => {
    const name = unique('setting');
    const answers = await atOnce(50, (index) => database.storage.settings.pin(name, `value ${index}`));
    assert.equal(new Set(answers).size, 1);
    assert.equal(await database.storage.settings.read(name), answers[0]);
  });
});
