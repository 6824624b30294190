import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import type { AccessTokenRecord } from '../../src/provider/access-token-store.js';
import { onEveryDatabase } from '../support/databases.js';
import { atOnce } from '../support/parallel.js';
import {
  accessToken,
  artifact,
  grant,
  refreshToken,
  sessionFind,
  storeFamily,
  type Family,
} from '../support/records.js';

onEveryDatabase('the store of epochs', (database) => {
  const epochs = () => database.storage.epochs;
  const now = () => new Date(database.clock.now());
  const hours = (count: number) => new Date(database.clock.now() + count * 3600_000);

  async function issued(family?: Family, changes: Partial<Pick<AccessTokenRecord, 'sessionUid'>> = {}) {
    const made = family ?? (await storeFamily(database.storage, database.clock));
    const access = accessToken(database.clock, made, changes);
    const refresh = refreshToken(database.clock, made, changes);
    assert.equal(await database.storage.accessTokens.insert(access), true);
    assert.equal(await database.storage.refreshTokens.insert(refresh), true);
    return { made, access, refresh };
  }
  async function livingOf({ made, access, refresh }: Awaited<ReturnType<typeof issued>>) {
    return {
      access: (await database.storage.accessTokens.find(access.digest, access.bucket))?.alive,
      refresh: (await database.storage.refreshTokens.find(refresh.digest))?.alive,
      grant: (await database.storage.grants.find(made.grantId)) !== undefined,
      session: (await database.storage.sessions.findByUid(made.sessionUid)) !== undefined,
      listed: (await database.storage.grants.listOf(made.accountId)).length > 0,
    };
  }
  const everything = { access: true, refresh: true, grant: true, session: true, listed: true };
  const nothing = { access: false, refresh: false, grant: false, session: false, listed: false };

  it('ends all that is older, whatever any clock says, and nothing that is made later', async () => {
    const old = await issued();
    database.clock.advance(-7200);
    const ofSlowNode = await issued();
    database.clock.advance(7200);
    const before = await epochs().present();
    const begun = await epochs().begin(undefined, now());
    assert.equal(begun.number, before.number + 1);
    assert.notEqual(begun.feed, before.feed);
    assert.deepEqual(await epochs().present(), begun);
    assert.deepEqual(await livingOf(old), nothing);
    assert.deepEqual(await livingOf(ofSlowNode), { ...nothing });
    database.clock.advance(-7200);
    assert.deepEqual(await livingOf(await issued()), everything);
    database.clock.advance(7200);
  });

  it('lets nothing be made of an old grant or session, and saving them again brings nothing back', async () => {
    const { made, ...old } = await issued();
    await epochs().begin(undefined, now());
    assert.equal(await database.storage.accessTokens.insert(accessToken(database.clock, made)), false);
    assert.equal(await database.storage.refreshTokens.insert(refreshToken(database.clock, made)), false);
    await database.storage.grants.save(grant(database.clock, { ...made, id: made.grantId }));
    assert.deepEqual(await livingOf({ made, ...old }), nothing);
  });

  it('with a time ends what was issued before, what was refreshed from it since, and not what is newer', async () => {
    const old = await issued();
    database.clock.advance(3600);
    const time = now();
    database.clock.advance(3600);
    const refreshed = await issued(old.made);
    const offline = await issued(old.made, { sessionUid: undefined });
    const fresh = await issued();
    await epochs().begin(time, now());
    assert.deepEqual(await livingOf(old), nothing);
    assert.deepEqual(await livingOf(refreshed), nothing);
    assert.deepEqual(await livingOf(offline), nothing);
    assert.deepEqual(await livingOf(fresh), everything);
  });

  it('counts what it would end, of those still alive', async () => {
    await epochs().begin(undefined, now());
    const before = await epochs().ending(hours(1), now());
    await issued();
    const after = await epochs().ending(undefined, now());
    assert.deepEqual([after.sessions - before.sessions, after.grants - before.grants], [1, 1]);
    assert.deepEqual([before.sessions, before.grants], [0, 0]);
    assert.equal((await epochs().ending(hours(-1), now())).grants, 0);
  });

  const underWay = [
    'artifact',
    'webauthn_challenge',
    'upstream_login',
    'draft',
    'known_browser',
    'push_subscription',
  ];
  it('ends what is under way, and what browsers were given for having been signed in', async () => {
    const code = artifact(database.clock);
    const seconds = Math.floor(database.clock.now() / 1000);
    await database.storage.artifacts.save(code, seconds);
    const { accountId } = await storeFamily(database.storage, database.clock);
    const values = [randomBytes(32), accountId, now()];
    await database.sql(
      `INSERT INTO push_subscription (digest, account_id, account_generation, sealed_subscription, created_at)
       VALUES ($1, $2, 0, '', $3)`,
      values,
    );
    await database.sql(
      `INSERT INTO known_browser (digest, account_id, account_generation, expires_at)
       VALUES ($1, $2, 0, extract(epoch FROM $3::timestamptz) + 3600)`,
      values,
    );
    await epochs().begin(hours(-1000), now());
    assert.equal(await database.storage.artifacts.find(code.model, code.digest, seconds), undefined);
    for (const table of underWay) assert.deepEqual(await database.sql(`SELECT 1 FROM ${table}`), [], table);
  });

  it('gives each of many who begin one at once a number of its own', async () => {
    const begun = await atOnce(5, () => epochs().begin(undefined, now()));
    const numbers = begun.map(({ number }) => number).toSorted((one, other) => one - other);
    assert.deepEqual(
      numbers,
      [0, 1, 2, 3, 4].map((index) => (numbers[0] ?? 0) + index),
    );
  });

  it('ends the session that comes by its cookie as well', async () => {
    const { made } = await issued();
    const [row] = await database.sql<{ digest: Buffer }>('SELECT digest FROM session WHERE uid = $1', [
      made.sessionUid,
    ]);
    assert.ok(row);
    const find = () => database.storage.sessions.findByDigest(row.digest, sessionFind(database.clock));
    assert.ok(await find());
    await epochs().begin(undefined, now());
    assert.equal(await find(), undefined);
    assert.equal(
      (
        await database.storage.sessions.listOf(made.accountId, {
          at: now(),
          idleSeconds: 3600,
          unboundSeconds: 3600,
        })
      ).length,
      0,
    );
  });
});
