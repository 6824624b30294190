import assert from 'node:assert/strict';
import { onEveryDatabase } from '../support/databases.js';
import { atOnce } from '../support/parallel.js';
import { digest, session, sessionFind, sessionSave, storeAccount, unique } from '../support/records.js';

/*
 * Threat 20: the provider saves a session at the end of each request, as it was read at its beginning. A thief whose requests
 * with a stolen cookie are under way while its owner confirms a change must not bring the old id back by that.
 */
onEveryDatabase('the id that a session had before', (database) => {
  it('stays worthless, however many requests that came with it are under way', async () => {
    const { storage, clock } = database;
    const { id: accountId } = await storeAccount(storage, clock);
    const stolen = session(clock, { uid: unique('session'), accountId });
    await storage.sessions.save(stolen, sessionSave(clock));
    const renewed = { ...stolen, digest: digest() };
    const save = sessionSave(clock, { replaces: stolen.digest });
    const saved = await atOnce(26, (number) =>
      number === 7 ? storage.sessions.save(renewed, save) : storage.sessions.save(stolen, sessionSave(clock)),
    );
    assert.equal(saved[7], true);
    assert.equal(await storage.sessions.save(stolen, sessionSave(clock)), false);
    assert.equal(await storage.sessions.findByDigest(stolen.digest, sessionFind(clock)), undefined);
    assert.deepEqual(await storage.sessions.findByDigest(renewed.digest, sessionFind(clock)), renewed);
  });
});
