import assert from 'node:assert/strict';
import { onDatabase, onEveryDatabase } from '../support/databases.js';
import { atOnce, successes } from '../support/parallel.js';
import { epochSeconds } from '../../src/lib/clock.js';
import {
  digest,
  grant,
  refreshToken,
  session,
  sessionSave,
  storeFamily,
  unique,
} from '../support/records.js';
import { revocations } from '../support/revocations.js';
import { anotherNode } from '../support/test-database.js';

onEveryDatabase('the refresh token store', (database) => {
  const tokens = () => database.storage.refreshTokens;
  const now = () => new Date(database.clock.now());
  const family = () => storeFamily(database.storage, database.clock);
  const fresh = { alive: true, consumedAt: undefined, sealedSuccessor: undefined };

  it('gives back what was inserted, alive', async () => {
    const token = refreshToken(database.clock, await family());
    assert.equal(await tokens().insert(token), true);
    assert.deepEqual(await tokens().find(token.digest), { ...token, ...fresh });
    const loose = refreshToken(database.clock, await family(), { sessionUid: undefined, jkt: undefined });
    assert.equal(await tokens().insert(loose), true);
    assert.deepEqual(await tokens().find(loose.digest), { ...loose, ...fresh });
  });

  it('ends no later than its grant and its login session', async () => {
    for (const end of ['grant', 'session'] as const) {
      const made = await family();
      const expiresAt = epochSeconds(database.clock) + 60;
      if (end === 'grant')
        await database.storage.grants.save(grant(database.clock, { id: made.grantId, ...made, expiresAt }));
      else {
        const { digest } = (await database.storage.sessions.findByUid(made.sessionUid)) ?? assert.fail();
        const shorter = session(database.clock, { uid: made.sessionUid, ...made, digest, expiresAt });
        assert.equal(await database.storage.sessions.save(shorter, sessionSave(database.clock)), true);
      }
      const token = refreshToken(database.clock, made);
      await tokens().insert(token);
      assert.ok(token.expiresAt > expiresAt);
      assert.equal((await tokens().find(token.digest))?.expiresAt, expiresAt, end);
    }
  });

  it('has one successor ever, of 100 that try at once', async () => {
    const token = refreshToken(database.clock, await family());
    await tokens().insert(token);
    const answers = await atOnce(100, (index) => tokens().consume(token.digest, `sealed ${index}`, now()));
    assert.equal(successes(answers), 1);
    const found = await tokens().find(token.digest);
    assert.equal(found?.sealedSuccessor, `sealed ${answers.indexOf(true)}`);
    assert.deepEqual(found?.consumedAt, now());
    assert.equal(await tokens().consume(token.digest, 'another', now()), false);
  });

  it('is fresh again when the transaction of its consumer fails', async () => {
    const token = refreshToken(database.clock, await family());
    await tokens().insert(token);
    const failing = database.storage.transaction.run(async () => {
      assert.equal(await tokens().consume(token.digest, 'lost', now()), true);
      throw new Error('the successor was not made');
    });
    await assert.rejects(failing, /successor was not made/);
    assert.equal((await tokens().find(token.digest))?.consumedAt, undefined);
    assert.equal(await tokens().consume(token.digest, 'kept', now()), true);
  });

  for (const [what, revoke] of Object.entries(revocations)) {
    it(`is dead after ${what}, and no more are made for the same family`, async () => {
      const made = await family();
      const token = refreshToken(database.clock, made);
      await tokens().insert(token);
      await revoke(database, made);
      assert.equal((await tokens().find(token.digest))?.alive, false);
      assert.equal(await tokens().insert(refreshToken(database.clock, made)), false);
    });
  }

  it('leaves nothing alive when a revocation races 25 rotations', async () => {
    const made = await family();
    const olds = await atOnce(25, async () => {
      const old = refreshToken(database.clock, made);
      await tokens().insert(old);
      return old;
    });
    const successors = await atOnce(26, async (index) => {
      const old = olds[index];
      if (!old) return void (await database.storage.grants.revoke(made.grantId, now()));
      const successor = refreshToken(database.clock, made);
      await database.storage.transaction.run(async () => {
        await tokens().consume(old.digest, 'sealed', now());
        await tokens().insert(successor);
      });
      return successor;
    });
    for (const token of [...olds, ...successors]) {
      if (token) assert.notEqual((await tokens().find(token.digest))?.alive, true);
    }
  });

  it('is not made for what does not exist', async () => {
    const made = await family();
    for (const part of ['clientId', 'accountId', 'grantId', 'sessionUid'] as const) {
      const token = refreshToken(database.clock, { ...made, [part]: unique('nothing') });
      assert.equal(await tokens().insert(token), false, part);
      assert.equal(await tokens().find(token.digest), undefined);
    }
  });

  it('knows nothing of an unknown one', async () => {
    assert.equal(await tokens().find(digest()), undefined);
    assert.equal(await tokens().consume(digest(), 'sealed', now()), false);
  });
});

onDatabase('PostgreSQL', 'a refresh token shared by two nodes', (database) => {
  it('is consumed by one of 100 at once, half of them each', async () => {
    const other = await anotherNode(database);
    const token = refreshToken(database.clock, await storeFamily(database.storage, database.clock));
    await database.storage.refreshTokens.insert(token);
    const nodes = [database, other];
    const answers = await atOnce(100, async (index) =>
      nodes[index % 2]?.storage.refreshTokens.consume(token.digest, `sealed ${index}`, new Date(index)),
    );
    await other.storage.close();
    assert.equal(successes(answers), 1);
  });
});
