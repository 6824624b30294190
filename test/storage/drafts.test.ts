import assert from 'node:assert/strict';
import type { StoredDraft } from '../../src/accounts/draft-store.js';
import { onEveryDatabase } from '../support/databases.js';
import { atOnce, successes } from '../support/parallel.js';
import { digest } from '../support/records.js';

onEveryDatabase('the draft store', (database) => {
  const drafts = () => database.storage.drafts;
  const now = () => new Date(database.clock.now());
  const draft = (changes: Partial<StoredDraft> = {}): StoredDraft => ({
    boundTo: digest(),
    holder: digest(),
    facts: { email: 'ada@example.org', odd: 'a\0b' },
    expiresAt: new Date(database.clock.now() + 3_600_000),
    ...changes,
  });

  it('keeps one draft for a place: the newest', async () => {
    const first = draft();
    await drafts().put(first);
    const second = draft({ boundTo: first.boundTo, facts: {} });
    await drafts().put(second);
    assert.deepEqual(await drafts().find(first.boundTo, now()), second);
  });

  it('lets one of 25 at once make the next step', async () => {
    const put = draft();
    await drafts().put(put);
    const steps = await atOnce(25, (step) =>
      drafts().advance(put.holder, draft({ boundTo: put.boundTo, facts: { step } }), now()),
    );
    assert.equal(successes(steps), 1);
    const kept = await drafts().find(put.boundTo, now());
    assert.equal(kept?.facts['step'], steps.indexOf(true));
  });

  it('is not moved on by whoever does not hold it', async () => {
    const put = draft();
    await drafts().put(put);
    assert.equal(await drafts().advance(digest(), draft({ boundTo: put.boundTo }), now()), false);
    assert.deepEqual(await drafts().find(put.boundTo, now()), put);
  });

  it('is neither found nor moved on from the moment it expires', async () => {
    const put = draft();
    await drafts().put(put);
    assert.equal(await drafts().find(put.boundTo, put.expiresAt), undefined);
    assert.equal(await drafts().advance(put.holder, put, put.expiresAt), false);
  });
});
