import assert from 'node:assert/strict';
import type { StoredMailCode } from '../../src/accounts/mail-code-store.js';
import { onEveryDatabase } from '../support/databases.js';
import { atOnce } from '../support/parallel.js';
import { digest } from '../support/records.js';

onEveryDatabase('the mail code store', (database) => {
  const codes = () => database.storage.mailCodes;
  const at = () => ({ now: new Date(database.clock.now()), mostTries: 5 });
  const code = (changes: Partial<StoredMailCode> = {}): StoredMailCode => ({
    boundTo: digest(),
    digest: digest(),
    expiresAt: new Date(database.clock.now() + 600_000),
    ...changes,
  });

  it('lets a code be taken once', async () => {
    const put = code();
    assert.equal(await codes().put(put, 5), true);
    assert.equal(await codes().take(put, at()), 'taken');
    assert.equal(await codes().take(put, at()), 'gone');
  });

  it('lets one of 25 at once take it', async () => {
    const put = code();
    await codes().put(put, 5);
    const answers = await atOnce(25, () => codes().take(put, at()));
    assert.equal(answers.filter((answer) => answer === 'taken').length, 1);
    assert.equal(answers.filter((answer) => answer === 'gone').length, 24);
  });

  it('looks at five tries and no more, however many come at once', async () => {
    const put = code();
    await codes().put(put, 5);
    const wrong = { boundTo: put.boundTo, digest: digest() };
    const answers = await atOnce(25, () => codes().take(wrong, at()));
    assert.equal(answers.filter((answer) => answer === 'wrong').length, 5);
    assert.equal(await codes().take(put, at()), 'gone');
  });

  it('voids a code by the next one, whose tries begin anew', async () => {
    const first = code();
    await codes().put(first, 5);
    await codes().take({ boundTo: first.boundTo, digest: digest() }, at());
    const second = code({ boundTo: first.boundTo });
    assert.equal(await codes().put(second, 5), true);
    assert.equal(await codes().take(first, at()), 'wrong');
    assert.equal(await codes().take(second, at()), 'taken');
  });

  it('makes no more codes for one thing than it may, also at once', async () => {
    const boundTo = digest();
    const answers = await atOnce(12, () => codes().put(code({ boundTo }), 5));
    assert.equal(answers.filter(Boolean).length, 5);
  });

  it('forgets a code from the moment it expires', async () => {
    const put = code();
    await codes().put(put, 5);
    assert.equal(await codes().take(put, { now: put.expiresAt, mostTries: 5 }), 'gone');
  });
});
