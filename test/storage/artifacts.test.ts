import assert from 'node:assert/strict';
import { epochSeconds } from '../../src/lib/clock.js';
import { onEveryDatabase } from '../support/databases.js';
import { atOnce, successes } from '../support/parallel.js';
import { artifact, digest, unique } from '../support/records.js';

onEveryDatabase('the artifact store', (database) => {
  const artifacts = () => database.storage.artifacts;
  const now = () => epochSeconds(database.clock);
  const date = () => new Date(database.clock.now());

  it('gives back what was saved, by digest, uid and user code', async () => {
    const saved = artifact(database.clock, {
      model: 'DeviceCode',
      grantId: unique('grant'),
      userCode: unique('CODE'),
      uid: unique('uid'),
      payload: { params: { state: '"\0\u{1F33B}\\' }, list: [1, null] },
    });
    await artifacts().save(saved, now());
    const found = { ...saved, consumedAt: undefined };
    assert.deepEqual(await artifacts().find('DeviceCode', saved.digest, now()), found);
    assert.deepEqual(await artifacts().findByUid('DeviceCode', saved.uid ?? '', now()), found);
    assert.deepEqual(await artifacts().findByUserCode('DeviceCode', saved.userCode ?? '', now()), found);
  });

  it('keeps the models apart', async () => {
    const saved = artifact(database.clock, { uid: unique('uid') });
    await artifacts().save(saved, now());
    assert.equal(await artifacts().find('Interaction', saved.digest, now()), undefined);
    assert.equal(await artifacts().findByUid('Interaction', saved.uid ?? '', now()), undefined);
    assert.equal(await artifacts().consume('Interaction', saved.digest, date()), false);
  });

  it('replaces, and finds one row, when the new end lies in another hour', async () => {
    const saved = artifact(database.clock, { uid: unique('uid') });
    await artifacts().save(saved, now());
    const later = { ...saved, expiresAt: saved.expiresAt + 7200, payload: { round: 2 } };
    await artifacts().save(later, now());
    await artifacts().save({ ...later, payload: { round: 3 } }, now());
    const found = await artifacts().find(saved.model, saved.digest, now());
    assert.deepEqual(found, { ...later, payload: { round: 3 }, consumedAt: undefined });
    const rows = await database.sql('SELECT bucket FROM artifact WHERE uid = $1', [saved.uid]);
    assert.equal(rows.length, 1);
  });

  it('is consumed once, by one of 100 at once', async () => {
    const saved = artifact(database.clock);
    await artifacts().save(saved, now());
    const answers = await atOnce(100, () => artifacts().consume(saved.model, saved.digest, date()));
    assert.equal(successes(answers), 1);
    assert.deepEqual((await artifacts().find(saved.model, saved.digest, now()))?.consumedAt, date());
  });

  it('stays consumed when it is saved again, in the same hour or another', async () => {
    const saved = artifact(database.clock);
    await artifacts().save(saved, now());
    assert.equal(await artifacts().consume(saved.model, saved.digest, date()), true);
    for (const expiresAt of [saved.expiresAt, saved.expiresAt + 7200]) {
      await artifacts().save({ ...saved, expiresAt }, now());
      assert.equal(await artifacts().consume(saved.model, saved.digest, date()), false);
      assert.deepEqual((await artifacts().find(saved.model, saved.digest, now()))?.consumedAt, date());
    }
  });

  it('cannot be consumed once it has expired', async () => {
    const saved = artifact(database.clock);
    await artifacts().save(saved, now());
    const end = new Date(saved.expiresAt * 1000);
    assert.equal(await artifacts().consume(saved.model, saved.digest, end), false);
    assert.equal(await artifacts().consume(saved.model, saved.digest, new Date(end.getTime() - 1)), true);
  });

  it('is removed alone, or with its grant and model', async () => {
    const grantId = unique('grant');
    const one = artifact(database.clock, { grantId });
    const two = artifact(database.clock, { grantId });
    const other = artifact(database.clock, { grantId, model: 'DeviceCode' });
    for (const saved of [one, two, other]) await artifacts().save(saved, now());
    await artifacts().remove(one.model, one.digest, now());
    assert.equal(await artifacts().find(one.model, one.digest, now()), undefined);
    assert.ok(await artifacts().find(two.model, two.digest, now()));
    await artifacts().removeByGrant('AuthorizationCode', grantId);
    assert.equal(await artifacts().find(two.model, two.digest, now()), undefined);
    assert.ok(await artifacts().find(other.model, other.digest, now()));
  });

  it('takes what is unknown, or can be no name, for absent', async () => {
    assert.equal(await artifacts().find('AuthorizationCode', digest(), now()), undefined);
    assert.equal(await artifacts().findByUid('Interaction', 'a\0', now()), undefined);
    assert.equal(await artifacts().findByUserCode('DeviceCode', 'a\0', now()), undefined);
    assert.equal(await artifacts().consume('AuthorizationCode', digest(), date()), false);
    assert.equal(await artifacts().remove('AuthorizationCode', digest(), now()), false);
  });

  it('lets one of a hundred callers remove it, and another payload does not bring it back', async () => {
    const saved = artifact(database.clock, { model: 'Interaction' });
    await artifacts().save(saved, now());
    assert.equal(await artifacts().replace({ ...saved, payload: { answer: 1 } }, now()), true);
    assert.deepEqual((await artifacts().find(saved.model, saved.digest, now()))?.payload, { answer: 1 });
    const removed = await atOnce(100, () => artifacts().remove(saved.model, saved.digest, now()));
    assert.equal(successes(removed), 1);
    assert.equal(await artifacts().replace(saved, now()), false);
    assert.equal(await artifacts().find(saved.model, saved.digest, now()), undefined);
  });

  it('keeps one that never expires', async () => {
    const saved = artifact(database.clock, {
      model: 'InitialAccessToken',
      expiresAt: now() + 100 * 31_536_000,
    });
    await artifacts().save(saved, now());
    assert.ok(await artifacts().find('InitialAccessToken', saved.digest, now()));
  });
});
