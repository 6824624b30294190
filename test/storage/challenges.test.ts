import assert from 'node:assert/strict';
import type { AccountId } from '../../src/accounts/account.js';
import type { StoredChallenge } from '../../src/accounts/challenge-store.js';
import { onEveryDatabase } from '../support/databases.js';
import { atOnce, successes } from '../support/parallel.js';
import { digest } from '../support/records.js';

onEveryDatabase('the challenge store', (database) => {
  const challenges = () => database.storage.challenges;
  const now = () => new Date(database.clock.now());
  const challenge = (changes: Partial<StoredChallenge> = {}): StoredChallenge => ({
    digest: digest(),
    purpose: 'sign_up',
    boundTo: digest(),
    accountId: 'acc_1' as AccountId,
    facts: { login: 'ada@example', odd: 'a\0b' },
    expiresAt: new Date(database.clock.now() + 300_000),
    ...changes,
  });

  it('gives a challenge once, as it was put', async () => {
    const put = challenge();
    await challenges().put(put);
    assert.deepEqual(await challenges().take(put.digest, now()), put);
    assert.equal(await challenges().take(put.digest, now()), undefined);
  });

  it('gives it to one of 100 at once', async () => {
    const put = challenge({ purpose: 'sign_in', accountId: undefined });
    await challenges().put(put);
    assert.equal(successes(await atOnce(100, () => challenges().take(put.digest, now()))), 1);
  });

  it('does not give it from the moment it expires', async () => {
    const put = challenge();
    await challenges().put(put);
    assert.equal(await challenges().take(put.digest, put.expiresAt), undefined);
  });

  it('gives it also in the hour after the one it was put in', async () => {
    const put = challenge({ expiresAt: new Date(database.clock.now() + 3_600_000) });
    await challenges().put(put);
    database.clock.advance(3_590);
    assert.deepEqual(await challenges().take(put.digest, now()), put);
  });

  it('knows nothing of an unknown one', async () => {
    assert.equal(await challenges().take(digest(), now()), undefined);
  });
});
