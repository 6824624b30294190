import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { onEveryDatabase } from '../support/databases.js';
import { atOnce, successes } from '../support/parallel.js';
import { digest } from '../support/records.js';

onEveryDatabase('the store of logins at upstream providers', (database) => {
  const logins = () => database.storage.upstreamLogins;
  const now = () => new Date(database.clock.now());
  const login = (seconds = 600) => ({
    digest: digest(),
    sealed: randomBytes(20).toString('base64url'),
    expiresAt: new Date(database.clock.now() + seconds * 1000),
  });

  it('shows one as often as wanted and gives it once', async () => {
    const put = login();
    await logins().put(put);
    assert.deepEqual(await logins().find(put.digest, now()), put);
    assert.deepEqual(await logins().find(put.digest, now()), put);
    assert.deepEqual(await logins().take(put.digest, now()), put);
    assert.equal(await logins().take(put.digest, now()), undefined);
    assert.equal(await logins().find(put.digest, now()), undefined);
  });

  it('gives it to one of 100 at once', async () => {
    const put = login();
    await logins().put(put);
    assert.equal(successes(await atOnce(100, () => logins().take(put.digest, now()))), 1);
  });

  it('neither shows nor gives it from the moment it expires', async () => {
    const put = login();
    await logins().put(put);
    assert.equal(await logins().find(put.digest, put.expiresAt), undefined);
    assert.equal(await logins().take(put.digest, put.expiresAt), undefined);
  });

  it('gives it also in the hour after the one it was put in', async () => {
    const put = login(3_600);
    await logins().put(put);
    database.clock.advance(3_590);
    assert.deepEqual(await logins().take(put.digest, now()), put);
  });
});
