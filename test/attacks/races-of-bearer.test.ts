import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { systemClock } from '../../src/lib/clock.js';
import { sha256 } from '../../src/lib/hashing.js';
import { openStorage } from '../../src/storage/open.js';
import type { Storage } from '../../src/storage/storage.js';
import { askCall, outcomeOf } from '../support/calls.js';
import { gatewayA, testResources } from '../support/clients.js';
import { dumpDatabase } from '../support/database-dump.js';
import { eventually, waitingForLocks } from '../support/database-waits.js';
import { startCluster, type Cluster } from '../support/nodes.js';
import { bearerAllowed } from '../support/observing.js';
import { atOnce } from '../support/parallel.js';
import { startPostgres, type PostgresServer } from '../support/postgres.js';
import { storeAccount } from '../support/records.js';
import { findSecrets } from '../support/secret-search.js';

const tries = 100;
/** No divisor of the caps: the last call that fits leaves something over. */
const cost = 7_000;

/* Law 4 for credentials without a key: a real PostgreSQL, two server processes on it, and a hundred calls at once. */
describe('a hundred calls at once with bearer credentials of before, over two nodes', () => {
  let postgres: PostgresServer;
  let databaseUrl: string;
  let cluster: Cluster;
  let storage: Storage;
  const keys = Array.from({ length: 11 }, () => `sk-${randomBytes(24).toString('hex')}`);
  before(async function () {
    this.timeout(60_000);
    postgres = await startPostgres();
    databaseUrl = await postgres.createDatabase();
    cluster = await startCluster(databaseUrl, 2, {
      resources: testResources.map((resource) =>
        resource.identifier === gatewayA
          ? { ...resource, dangerously_allow_bearer: bearerAllowed }
          : resource,
      ),
    });
    storage = await openStorage({ databaseUrl, dataFolder: undefined, clock: systemClock });
    const { id: accountId } = await storeAccount(storage, systemClock);
    const credentials = keys.map((key) => ({
      digest: sha256(key),
      resource: gatewayA,
      accountId,
      prefix: undefined,
      label: undefined,
    }));
    await storage.legacyCredentials.import(credentials, new Date(systemClock.now()));
  });
  after(async () => {
    await storage.close();
    await cluster.close();
    await postgres.remove();
  });

  const callAtOnce = async (keyOf: (index: number) => string | undefined) => {
    const answers = await atOnce(tries, (index) => {
      const question = { token: keyOf(index), bearer: true, model: 'echo', max_cost: cost };
      return askCall(cluster.nodes[index % 2]?.url ?? '', question);
    });
    const outcomes = answers.map(outcomeOf);
    assert.deepEqual(new Set(outcomes), new Set(['allow', 'bearer_cap_reached']));
    return outcomes.filter((each) => each === 'allow').length;
  };
  const spent = async () => (await storage.legacyCredentials.figures(new Date(systemClock.now())))[0]?.spent;

  it('stay under the cap of each, and then under that of all, to the micro-dollar', async () => {
    assert.equal(await callAtOnce(() => keys[0]), 7, 'of $0.05');
    assert.equal(await spent(), 49_000);
    // Held until ten have come: each has then seen a sum that another is about to change.
    const held = new pg.Client({ connectionString: databaseUrl });
    await held.connect();
    await held.query('BEGIN');
    await held.query('SELECT FROM legacy_spending FOR UPDATE');
    const called = callAtOnce((index) => keys[1 + (index % 10)]);
    await eventually(async () => (await waitingForLocks(databaseUrl)) >= 10);
    await held.end();
    assert.equal(await called, 4, 'of the $0.031 left of $0.08');
    assert.equal(await spent(), 77_000);
  });

  it('leave nothing in the database or a log that could be used', async () => {
    const secrets = keys.map((value, index) => ({ name: `key ${index}`, value }));
    const logs = cluster.nodes.map(({ output }, index) => ({ name: `log ${index}`, text: output.join('') }));
    assert.deepEqual(findSecrets(secrets, [...logs, ...(await dumpDatabase(databaseUrl))]), []);
  });
});
