import assert from 'node:assert/strict';
import type { Account } from '../../src/accounts/account.js';
import type { ApprovalUse } from '../../src/stepup/approval-store.js';
import type { Approval, ApprovalId, ApprovalSubject } from '../../src/stepup/approval.js';
import type { ModelCallRequest } from '../../src/stepup/model-call.js';
import { approvalRecord, approvalSubject, frontierCall } from '../support/approvals.js';
import { onEveryDatabase } from '../support/databases.js';
import { atOnce, successes } from '../support/parallel.js';
import { storeAccount } from '../support/records.js';

onEveryDatabase('the approval store', (database) => {
  const approvals = () => database.storage.approvals;
  const now = () => new Date(database.clock.now());

  async function given(limits: Partial<ModelCallRequest> = {}, changes: Partial<ApprovalSubject> = {}) {
    const account = await storeAccount(database.storage, database.clock);
    const modelCall = { ...frontierCall, ...limits };
    const subject = approvalSubject(account.id, database.clock, { modelCall, ...changes });
    const approval = approvalRecord(subject, database.clock);
    assert.equal(await approvals().insert(approval, account.generation), true);
    return { account, approval };
  }

  const useOf = ({ subject }: Approval, changes: Partial<ApprovalUse> = {}): ApprovalUse => ({
    accountId: subject.accountId,
    clientId: subject.clientId,
    jkt: subject.jkt,
    resource: frontierCall.resource,
    tier: frontierCall.tier,
    cost: 500_000,
    spendLimit: undefined,
    count: undefined,
    now: now(),
    ...changes,
  });
  const spent = async (approval: Approval, changes: Partial<ApprovalUse> = {}) =>
    approvals().spend(approval.id, useOf(approval, changes));

  it('keeps what was signed, fact by fact, with and without models and limits', async () => {
    const shapes: Partial<ApprovalSubject>[] = [
      {},
      {
        modelCall: {
          ...frontierCall,
          spendLimit: undefined,
          purpose: undefined,
          models: ['a/b', 'c'],
          count: 3,
        },
      },
      { modelCall: undefined, bindingMessage: 'W4SCT', asked: { place: undefined, browser: undefined } },
    ];
    for (const shape of shapes) {
      const { approval } = await given({}, shape);
      assert.deepEqual(
        JSON.stringify(await approvals().find(approval.id), sorted),
        JSON.stringify(approval, sorted),
      );
    }
  });

  it('allows calls up to its limit, to the micro-dollar, and counts them', async () => {
    const { approval } = await given();
    assert.equal(await spent(approval, { cost: 1_500_000 }), true);
    assert.equal(await spent(approval, { cost: 500_001 }), false);
    assert.equal(await spent(approval, { cost: 500_000 }), true);
    assert.equal(await spent(approval, { cost: 1 }), false);
    const kept = await approvals().find(approval.id);
    assert.deepEqual([kept?.spent, kept?.calls], [2_000_000, 2]);
  });

  it('allows as many calls as it says, whatever they cost', async () => {
    const { approval } = await given({ spendLimit: undefined, count: 2 });
    const answers = [await spent(approval), await spent(approval, { cost: 0 }), await spent(approval)];
    assert.deepEqual(answers, [true, true, false]);
  });

  it('allows a narrowed token no more than the token says, and never more than the approval', async () => {
    const { approval } = await given({ count: 5 });
    assert.equal(await spent(approval, { cost: 600_000, spendLimit: 500_000 }), false);
    assert.equal(await spent(approval, { cost: 500_000, spendLimit: 500_000, count: 1 }), true);
    assert.equal(await spent(approval, { cost: 1, count: 1 }), false);
    assert.equal(await spent(approval, { cost: 2_000_000, spendLimit: 9_000_000 }), false);
  });

  it('allows nothing to another account, client or key, at another resource or after its end', async () => {
    const { approval } = await given();
    const other = await given();
    const others: Partial<ApprovalUse>[] = [
      { accountId: other.account.id },
      { clientId: 'another' },
      { jkt: 'another' },
      { resource: 'https://another.example' },
      { tier: 'premium' },
      { now: new Date(approval.subject.expiresAt * 1000) },
    ];
    for (const changes of others)
      assert.equal(await spent(approval, changes), false, JSON.stringify(changes));
    assert.equal(await spent(approval, { now: new Date(approval.subject.expiresAt * 1000 - 1000) }), true);
  });

  it('allows nothing that has no models to call', async () => {
    const { approval } = await given({}, { modelCall: undefined });
    assert.equal(await spent(approval, { cost: 0 }), false);
  });

  const ends: Record<string, (account: Account, approval: Approval) => Promise<unknown>> = {
    'is revoked': (account, { id }) => approvals().revoke(account.id, { id }, now()),
    'is revoked with all of its client': (account, { subject }) =>
      approvals().revoke(account.id, { clientId: subject.clientId }, now()),
    'has its account revoked': (account) => database.storage.accounts.revoke(account.id),
    'has its account disabled': (account) => database.storage.accounts.disable(account.id, now()),
    'has its account held after a recovery': (account) =>
      database.storage.accounts.holdPaidTiers(account.id, new Date(database.clock.now() + 60_000)),
  };
  for (const [name, end] of Object.entries(ends)) {
    it(`allows nothing once it ${name}`, async () => {
      const { account, approval } = await given();
      await end(account, approval);
      assert.equal(await spent(approval), false);
    });
  }

  it('is revoked by its owner alone', async () => {
    const { approval } = await given();
    const other = await given();
    assert.equal(await approvals().revoke(other.account.id, { id: approval.id }, now()), 0);
    assert.equal(await spent(approval), true);
  });

  it('stands until its owner takes it back; what nobody keeps never does', async () => {
    const { account, approval } = await given();
    const { approval: other } = await given();
    const asked = [approval.id, other.id, 'apr_nobody' as ApprovalId, 'apr_\0' as ApprovalId];
    assert.deepEqual(await approvals().standing(asked), new Set([approval.id, other.id]));
    await approvals().revoke(account.id, { id: approval.id }, now());
    assert.deepEqual(await approvals().standing(asked), new Set([other.id]));
  });

  it('is not kept for an account that was revoked since she signed', async () => {
    const account = await storeAccount(database.storage, database.clock);
    await database.storage.accounts.revoke(account.id);
    const approval = approvalRecord(approvalSubject(account.id, database.clock), database.clock);
    assert.equal(await approvals().insert(approval, account.generation), false);
    assert.equal(await approvals().find(approval.id), undefined);
  });

  it('lists what still allows a call, newest first, and everything beside', async () => {
    const { account, approval: first } = await given({ count: 1 });
    database.clock.advance(1);
    const second = approvalRecord(approvalSubject(account.id, database.clock), database.clock);
    await approvals().insert(second, account.generation);
    const listed = async () => (await approvals().listOf(account.id, now())).map(({ id }) => id);
    assert.deepEqual(await listed(), [second.id, first.id]);
    await spent(first);
    assert.deepEqual(await listed(), [second.id]);
    await approvals().revoke(account.id, { id: second.id }, now());
    assert.deepEqual(await listed(), []);
    const every = (await approvals().everyOf(account.id)).map(({ id }) => id);
    assert.deepEqual(every, [second.id, first.id]);
  });

  it('is swept after its retention, and no earlier', async () => {
    const { approval } = await given();
    const age = async (seconds: number) => {
      const at = new Date(database.clock.now() - seconds * 1000);
      await database.sql('UPDATE approval SET created_at = $2 WHERE id = $1', [approval.id, at]);
      await database.storage.maintain();
      return (await approvals().find(approval.id)) !== undefined;
    };
    assert.equal(await age(400 * 86_400 - 60), true);
    assert.equal(await age(400 * 86_400 + 60), false);
  });

  it('gives 100 parallel calls on an approval for three exactly three', async () => {
    const { approval } = await given({ count: 3 });
    assert.equal(successes(await atOnce(100, () => spent(approval, { cost: 1 }))), 3);
  });
});

/** Members in one order, so that two objects with the same facts have the same text. */
function sorted(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
