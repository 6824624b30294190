import assert from 'node:assert/strict';
import { approvalRecord, approvalSubject, frontierCall } from '../support/approvals.js';
import { onDatabase } from '../support/databases.js';
import { atOnce, successes } from '../support/parallel.js';
import { storeAccount } from '../support/records.js';
import { anotherNode, type TestDatabase } from '../support/test-database.js';

/** Law 2, threat 16: on a real server, from two nodes at once. */
onDatabase('PostgreSQL', 'races of approvals', (database) => {
  let other: TestDatabase;
  before(async () => {
    other = await anotherNode(database);
  });
  after(() => other.storage.close());

  async function race(limits: object, cost: number): Promise<number> {
    const { id: accountId, generation } = await storeAccount(database.storage, database.clock);
    const modelCall = { ...frontierCall, ...limits };
    const subject = approvalSubject(accountId, database.clock, { modelCall });
    const { id } = approvalRecord(subject, database.clock);
    await database.storage.approvals.insert({ ...approvalRecord(subject, database.clock), id }, generation);
    const { clientId, jkt } = subject;
    const use = { accountId, clientId, jkt, resource: modelCall.resource, tier: modelCall.tier, cost };
    const now = new Date(database.clock.now());
    const answers = await atOnce(100, (index) => {
      const { approvals } = (index % 2 === 0 ? database : other).storage;
      return approvals.spend(id, { ...use, spendLimit: undefined, count: undefined, now });
    });
    const kept = await database.storage.approvals.find(id);
    assert.deepEqual([kept?.calls, kept?.spent], [successes(answers), successes(answers) * cost]);
    return successes(answers);
  }

  it('let one of 100 parallel calls use an approval for one', async () => {
    assert.equal(await race({ count: 1 }, 1), 1);
  });

  it('let parallel calls spend no micro-dollar past the limit', async () => {
    assert.equal(await race({ spendLimit: 2_000_000 }, 300_000), 6);
  });
});
