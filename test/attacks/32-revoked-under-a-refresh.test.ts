import assert from 'node:assert/strict';
import { useOfProof } from '../../src/binding/replay-store.js';
import { epochSeconds } from '../../src/lib/clock.js';
import type { Exchange } from '../../src/provider/token-lane-store.js';
import { onDatabase, onEveryDatabase } from '../support/databases.js';
import { atOnce, deferred, successes } from '../support/parallel.js';
import { accessToken, refreshToken, storeFamily, unique, type Family } from '../support/records.js';
import { anotherNode, type TestDatabase } from '../support/test-database.js';

/** Threats 2, 31 and 32: the one statement of the token endpoint's lane, when something ends after the token was found. */
onEveryDatabase('a refresh on the lane', (database) => {
  const exchange = (one: Exchange) => database.storage.tokenLane.exchange(one);

  const endings: Record<string, (family: Family, jkt: string) => Promise<unknown>> = {
    'the account is revoked': ({ accountId }) => database.storage.accounts.revoke(accountId),
    'the account is disabled': ({ accountId }) => database.storage.accounts.disable(accountId, now()),
    'the grant is revoked': ({ grantId }) => database.storage.grants.revoke(grantId, now()),
    'the session is ended': ({ sessionUid }) => database.storage.sessions.end(sessionUid, now()),
    'the client is revoked': ({ clientId }) => database.storage.clients.revoke(clientId),
    'the device is revoked': ({ accountId }) => revokeDevices(database, accountId),
    'the key is revoked': (_, jkt) => database.storage.revokedKeys.revoke(jkt, now()),
  };

  for (const [what, end] of Object.entries(endings)) {
    it(`makes nothing and uses nothing up when ${what} meanwhile`, async () => {
      const { one, family, jkt } = await prepared(database);
      await end(family, jkt);
      assert.equal(await exchange(one), false);
      assert.equal((await database.storage.refreshTokens.find(one.presented))?.consumedAt, undefined);
      assert.equal(await database.storage.replays.rememberProof(one.proof), true);
    });
  }

  it('makes nothing for another key than that of the token', async () => {
    const { one } = await prepared(database, 'device last');
    const stolen = { ...one.accessToken, jkt: unique('jkt') };
    assert.equal(await exchange({ ...one, accessToken: stolen }), false);
    assert.equal(await exchange(one), true);
  });

  it('makes nothing for a client that was changed since it was looked at', async () => {
    const { one } = await prepared(database);
    assert.equal(await exchange({ ...one, clientVersion: '1' }), false);
  });

  const now = () => new Date(database.clock.now());
});

onDatabase('PostgreSQL', 'the lanes of two nodes', (database) => {
  let nodes: readonly TestDatabase[];
  before(async () => {
    nodes = [database, await anotherNode(database)];
  });
  after(() => nodes[1]?.storage.close());

  const laneOf = (index: number) => (nodes[index % 2] as TestDatabase).storage.tokenLane;

  it('make one successor of 100 at once, each with a proof of its own', async () => {
    const { one, family, jkt } = await prepared(database);
    const others = Array.from({ length: 100 }, () => another(database, one, family, jkt));
    const done = await atOnce(100, (index) => laneOf(index).exchange(others[index] as Exchange));
    assert.equal(successes(done), 1);
    const made = await Promise.all(
      others.map((each) => database.storage.refreshTokens.find(each.successor.digest)),
    );
    assert.equal(made.filter(Boolean).length, 1);
  });

  it('give one token for a proof that comes 100 times at once, each with a refresh token of its own', async () => {
    const all = await Promise.all(Array.from({ length: 100 }, () => prepared(database)));
    const proof = proofUse(database, 'a key');
    const done = await atOnce(100, (index) =>
      laneOf(index).exchange({ ...(all[index] as Prepared).one, proof }),
    );
    assert.equal(successes(done), 1);
  });

  it('give a client one token for a proof that comes 100 times at once', async () => {
    const { family } = await prepared(database);
    const proof = proofUse(database, 'another key');
    const machine = {
      accountId: undefined,
      grantId: undefined,
      sessionUid: undefined,
      clientId: family.clientId,
    };
    const done = await atOnce(100, (index) => {
      const token = accessToken(database.clock, machine as never, { kind: 'ClientCredentials' });
      return laneOf(index).issue({ proof, clientVersion: undefined, accessToken: token });
    });
    assert.equal(successes(done), 1);
  });
});

onDatabase('PostgreSQL', 'a refresh on the lane beside a revocation', (database) => {
  it('waits for no device that is being revoked, and makes nothing that would outlive it', async () => {
    // Found before the device was known, so that nothing but the present device can tell.
    const { one, family } = await prepared(database, 'device last');
    const revoked = deferred<void>();
    const commit = deferred<void>();
    const revoking = database.storage.transaction.run(async () => {
      await revokeDevices(database, family.accountId);
      revoked.resolve();
      await commit.promise;
    });
    await revoked.promise;
    const done = await database.storage.tokenLane.exchange(one);
    commit.resolve();
    await revoking;
    assert.equal(done, false);
  });
});

async function revokeDevices(
  { storage, clock }: TestDatabase,
  accountId: Family['accountId'],
): Promise<void> {
  const devices = await storage.devices.listOf(accountId);
  assert.ok(devices.length > 0);
  for (const { id } of devices) await storage.devices.revoke(id, new Date(clock.now()));
}

interface Prepared {
  readonly family: Family;
  readonly jkt: string;
  readonly one: Exchange;
}

/** A login on a device, with a refresh token that was found alive a moment ago, and what is to be made of it. */
async function prepared(
  database: TestDatabase,
  order: 'device first' | 'device last' = 'device first',
): Promise<Prepared> {
  const { storage, clock } = database;
  const family = await storeFamily(storage, clock);
  const jkt = unique('jkt');
  const login = () => storage.accessTokens.insert(accessToken(clock, family, { jkt, ofLogin: true }));
  if (order === 'device first') await login();
  const presented = refreshToken(clock, family, { jkt });
  await storage.refreshTokens.insert(presented);
  if (order === 'device last') await login();
  assert.equal((await storage.tokenLane.findRefreshable(presented.digest))?.alive, true);
  return { family, jkt, one: another(database, { presented: presented.digest }, family, jkt) };
}

function another(
  database: TestDatabase,
  { presented }: Pick<Exchange, 'presented'>,
  family: Family,
  jkt: string,
): Exchange {
  return {
    proof: proofUse(database, jkt),
    clientVersion: undefined,
    presented,
    sealedSuccessor: 'sealed',
    at: new Date(database.clock.now()),
    successor: refreshToken(database.clock, family, { jkt }),
    accessToken: accessToken(database.clock, family, { jkt }),
  };
}

function proofUse({ clock }: TestDatabase, jkt: string) {
  return useOfProof({ jkt, jti: unique('jti'), iat: epochSeconds(clock) });
}
