import assert from 'node:assert/strict';
import { systemClock } from '../../src/lib/clock.js';
import { openStorage } from '../../src/storage/open.js';
import type { Storage } from '../../src/storage/storage.js';
import { askCall } from '../support/calls.js';
import { giveApproval, mintToken, storeCaller } from '../support/model-caller.js';
import { startCluster, type Cluster } from '../support/nodes.js';
import { atOnce } from '../support/parallel.js';
import { startPostgres, type PostgresServer } from '../support/postgres.js';

const tries = 100;
const jkt = 'k'.repeat(43);

/* Law 2 for approvals: a real PostgreSQL, two server processes on it, and a hundred calls at once spread over both. */
describe('a hundred calls at once, over two nodes', () => {
  let postgres: PostgresServer;
  let cluster: Cluster;
  let storage: Storage;
  before(async function () {
    this.timeout(60_000);
    postgres = await startPostgres();
    const databaseUrl = await postgres.createDatabase();
    cluster = await startCluster(databaseUrl, 2);
    storage = await openStorage({ databaseUrl, dataFolder: undefined, clock: systemClock });
  });
  after(async () => {
    await storage.close();
    await cluster.close();
    await postgres.remove();
  });

  /** Calls a hundred times with one token; tells how many were allowed, and what each approval then says. */
  async function callAtOnce(limits: readonly Parameters<typeof giveApproval>[2][], maxCost: number) {
    const server = { storage, clock: systemClock };
    const family = await storeCaller(server);
    const given = await Promise.all(limits.map((limit) => giveApproval(server, family, limit, { jkt })));
    const token = await mintToken(server, family, { jkt, approvals: given.map(({ granted }) => granted) });
    const answers = await atOnce(tries, (index) =>
      askCall(cluster.nodes[index % 2]?.url ?? '', { token, jkt, model: 'echo-frontier', max_cost: maxCost }),
    );
    const codes = answers.filter(({ body }) => body['decision'] !== 'allow').map(({ body }) => body['code']);
    assert.deepEqual([...new Set(codes)], ['approval_required']);
    const kept = await Promise.all(given.map(({ approval }) => storage.approvals.find(approval.id)));
    return { allowed: tries - codes.length, kept: kept.map((each) => [each?.spent, each?.calls]) };
  }

  it('go through once on an approval for one', async () => {
    const { allowed, kept } = await callAtOnce([{ count: 1 }], 1000);
    assert.deepEqual([allowed, kept], [1, [[1000, 1]]]);
  });

  it('go through as far as the amount goes, and not a micro-dollar further', async () => {
    const { allowed, kept } = await callAtOnce([{ spendLimit: 70_006 }], 10_001);
    assert.deepEqual([allowed, kept], [6, [[60_006, 6]]]);
  });

  it('spend two approvals to their ends, and each call but one of them', async () => {
    const { allowed, kept } = await callAtOnce([{ count: 3 }, { spendLimit: 50_000 }], 10_000);
    assert.deepEqual(
      [allowed, kept],
      [
        8,
        [
          [30_000, 3],
          [50_000, 5],
        ],
      ],
    );
  });
});
