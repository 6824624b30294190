import assert from 'node:assert/strict';
import { systemClock } from '../../src/lib/clock.js';
import { openStorage } from '../../src/storage/open.js';
import type { Storage } from '../../src/storage/storage.js';
import { outcomeOf, ProvenCaller } from '../support/calls.js';
import { Device } from '../support/device.js';
import { mintToken, storeCaller } from '../support/model-caller.js';
import { startCluster, type Cluster } from '../support/nodes.js';
import { atOnce } from '../support/parallel.js';
import { startPostgres, type PostgresServer } from '../support/postgres.js';

const tries = 25;

/* Law 2 for proofs at /calls: a real PostgreSQL and two server processes on it. */
describe('threat 2: one proof, handed on by two gateways to two nodes', () => {
  let postgres: PostgresServer;
  let cluster: Cluster;
  let storage: Storage;
  let caller: ProvenCaller;

  before(async function () {
    this.timeout(60_000);
    postgres = await startPostgres();
    const databaseUrl = await postgres.createDatabase();
    cluster = await startCluster(databaseUrl, 2);
    storage = await openStorage({ databaseUrl, dataFolder: undefined, clock: systemClock });
    const server = { storage, clock: systemClock };
    const device = await Device.create();
    const accessToken = await mintToken(server, await storeCaller(server), { jkt: device.key.jkt });
    caller = new ProvenCaller(node(0), { device, accessToken });
    await caller.greet();
  });
  after(async () => {
    await storage.close();
    await cluster.close();
    await postgres.remove();
  });

  const node = (index: number) => cluster.nodes[index % 2]?.url ?? '';

  it('is allowed once of 25 times at once', async () => {
    const dpop = await caller.prove();
    const answers = await atOnce(tries, (index) => caller.ask(dpop, {}, { at: node(index) }));
    const outcomes = answers.map(outcomeOf);
    assert.deepEqual(
      [outcomes.filter((each) => each === 'allow').length, new Set(outcomes)],
      [1, new Set(['allow', 'proof_replayed'])],
    );
    assert.match(cluster.nodes.map(({ output }) => output.join('')).join(''), /proof_replayed/);
  });

  it('does not work again after a restart', async function () {
    this.timeout(60_000);
    const dpop = await caller.prove();
    assert.equal(outcomeOf(await caller.ask(dpop, {}, { at: node(1) })), 'allow');
    await cluster.nodes[1]?.end('SIGKILL');
    await cluster.restart(1);
    assert.equal(outcomeOf(await caller.ask(dpop, {}, { at: node(1) })), 'proof_replayed');
    const next = await caller.prove();
    assert.equal(outcomeOf(await caller.ask(next, {}, { at: node(1) })), 'allow', 'with the nonce of before');
  });
});
