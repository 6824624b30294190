import assert from 'node:assert/strict';
import type { Registration } from '../../src/provider/bound-session-store.js';
import { onEveryDatabase } from '../support/databases.js';
import { atOnce, successes } from '../support/parallel.js';
import { session, sessionFind, sessionSave, storeAccount, unique } from '../support/records.js';

const key = {
  algorithm: 'ES256',
  publicKey: { kty: 'EC', crv: 'P-256', x: 'x', y: 'y' },
  thumbprint: 't',
} as const;

onEveryDatabase('the store of bound sessions', (database) => {
  const bound = () => database.storage.boundSessions;
  const sessions = () => database.storage.sessions;
  const now = () => new Date(database.clock.now());

  /** A login that nothing holds yet, and what would bind it. */
  async function login(): Promise<{ digest: Buffer; registration: Registration }> {
    const accountId = (await storeAccount(database.storage, database.clock)).id;
    const saved = session(database.clock, { uid: unique('session'), accountId });
    const signedInAt = now();
    await sessions().save(saved, sessionSave(database.clock, { signedInAt }));
    const { digest, uid: sessionUid } = saved;
    const facts = { id: unique('dbs'), sessionUid, digest, signedInAt, key, at: now() };
    return { digest, registration: { ...facts, place: 'HK', browser: 'Chrome on macOS' } };
  }

  const find = (id: string, digest: Buffer) => bound().find(id, { digest, at: now(), idleSeconds: 3600 });
  const found = async (digest: Buffer, boundTo?: string, unboundSeconds = 3600) =>
    (await sessions().findByDigest(digest, sessionFind(database.clock, { boundTo, unboundSeconds })))?.uid;

  it('binds a login once, by the first of many keys', async () => {
    const { digest, registration } = await login();
    const tries = atOnce(20, (index) =>
      bound().register({
        ...registration,
        id: `${registration.id}${index}`,
        key: { ...key, thumbprint: `${index}` },
      }),
    );
    assert.equal(successes(await tries), 1);
    const ids = await Promise.all(
      Array.from({ length: 20 }, async (_, index) => await find(`${registration.id}${index}`, digest)),
    );
    assert.equal(ids.filter((each) => each !== undefined).length, 1);
  });

  it('says which key holds a login', async () => {
    const { registration } = await login();
    const { sessionUid, id } = registration;
    assert.equal(await bound().findOfSession(sessionUid), undefined);
    await bound().register(registration);
    assert.deepEqual(await bound().findOfSession(sessionUid), { id, thumbprint: 't' });
  });

  it('binds no session that is over, of another login, or by a cookie that was replaced', async () => {
    const { registration } = await login();
    const wrong = [
      { sessionUid: 'another' },
      { digest: Buffer.alloc(32) },
      { signedInAt: new Date(registration.signedInAt.getTime() - 1000) },
    ];
    for (const change of wrong)
      assert.equal(await bound().register({ ...registration, ...change }), undefined);
    await sessions().end(registration.sessionUid, now());
    assert.equal(await bound().register(registration), undefined);
  });

  it('lets a bound session be found by its device alone, but for a moment after the registration', async () => {
    const { digest, registration } = await login();
    await bound().register(registration);
    const unproven = () => sessions().findUnproven(digest, sessionFind(database.clock));
    assert.equal(await found(digest), registration.sessionUid);
    assert.equal(await unproven(), undefined);
    database.clock.advance(11);
    assert.equal(await found(digest), undefined);
    assert.equal(await found(digest, 'dbs_of_another'), undefined);
    assert.equal(await found(digest, registration.id), registration.sessionUid);
    assert.equal((await unproven())?.bindingId, registration.id);
  });

  it('lets a session that no device holds be found for its shorter time only', async () => {
    const { digest, registration } = await login();
    database.clock.advance(60);
    assert.equal(await found(digest, undefined, 61), registration.sessionUid);
    assert.equal(await found(digest, undefined, 60), undefined);
    assert.equal(await sessions().findUnproven(digest, sessionFind(database.clock)), undefined);
  });

  it('goes from turn to turn, one by one, however many prove at once', async () => {
    const { digest, registration } = await login();
    await bound().register(registration);
    const turn = { id: registration.id, turn: 0, at: now(), place: 'TW', browser: 'Chrome on macOS' };
    assert.equal(successes(await atOnce(20, () => bound().advance(turn))), 1);
    const after = await find(registration.id, digest);
    assert.deepEqual([after?.turn, after?.place, after?.presented, after?.alive], [1, 'TW', 'this', true]);
    assert.deepEqual(after?.key, key);
  });

  it('counts wrong proofs until a right one', async () => {
    const { registration } = await login();
    await bound().register(registration);
    const { id } = registration;
    assert.deepEqual([await bound().countFailure(id), await bound().countFailure(id)], [1, 2]);
    await bound().advance({ id, turn: 0, at: now(), place: undefined, browser: undefined });
    assert.equal(await bound().countFailure(id), 1);
    assert.equal(await bound().countFailure('unknown'), 0);
  });

  it('doubts a device once between two proofs, however many requests do', async () => {
    const { registration } = await login();
    await bound().register(registration);
    const { id, sessionUid } = registration;
    const first = await bound().lastProof(id);
    assert.deepEqual(
      [first?.sessionUid, first?.turn, first?.place, first?.browser],
      [sessionUid, 0, 'HK', 'Chrome on macOS'],
    );
    const at = now();
    const doubts = await atOnce(20, () => bound().suspect({ id, turn: 0, at }));
    assert.equal(successes(doubts.map((doubt) => doubt?.first)), 1);
    database.clock.advance(60);
    assert.deepEqual(await bound().suspect({ id, turn: 0, at: now() }), { since: at, first: false });
    await bound().advance({ id, turn: 0, at: now(), place: 'TW', browser: 'Chrome on macOS' });
    assert.equal(await bound().suspect({ id, turn: 0, at: now() }), undefined);
    assert.equal((await bound().suspect({ id, turn: 1, at: now() }))?.first, true);
    assert.equal((await bound().lastProof(id))?.place, 'TW');
    await sessions().end(sessionUid, now());
    assert.equal(await bound().lastProof(id), undefined);
  });

  it('knows when the session behind it has ended, was left unused, or is another one’s', async () => {
    const [first, second] = [await login(), await login()];
    await bound().register(first.registration);
    const { id, sessionUid } = first.registration;
    assert.equal((await find(id, second.digest))?.presented, 'another');
    assert.equal((await find(id, Buffer.alloc(32)))?.presented, 'unknown');
    assert.equal((await find(id, first.digest))?.alive, true);
    const idle = await bound().find(id, { digest: first.digest, at: now(), idleSeconds: 0 });
    assert.equal(idle?.alive, false);
    await sessions().end(sessionUid, now());
    assert.equal((await find(id, first.digest))?.alive, false);
    assert.equal(await find('unknown', first.digest), undefined);
  });
});
