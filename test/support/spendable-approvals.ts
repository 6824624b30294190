import type { ApprovalStore, ApprovalUse } from '../../src/stepup/approval-store.js';

export interface ApprovalOnDesk extends Pick<ApprovalUse, 'clientId' | 'jkt' | 'resource'> {
  readonly accountId: string;
  readonly spendLimit?: number;
  readonly count?: number;
  readonly expiresAt: Date;
}

/** Approvals that can be spent, for services that know no database. */
export function spendableApprovals() {
  const known = new Map<string, ApprovalOnDesk & { spent: number; calls: number }>();
  const tried: string[] = [];
  const store: Pick<ApprovalStore, 'spend' | 'standing'> = {
    // Whatever a token names was given, and nobody took it back.
    standing: (ids) => Promise.resolve(new Set(ids)),
    spend(id, use) {
      tried.push(id);
      const approval = known.get(id);
      const owned =
        approval?.accountId === use.accountId &&
        approval.clientId === use.clientId &&
        approval.jkt === use.jkt &&
        approval.resource === use.resource &&
        approval.expiresAt > use.now;
      if (!approval || !owned) return Promise.resolve(false);
      const most = Math.min(approval.spendLimit ?? Infinity, use.spendLimit ?? Infinity);
      if (approval.spent + use.cost > most) return Promise.resolve(false);
      if (approval.calls >= Math.min(approval.count ?? Infinity, use.count ?? Infinity))
        return Promise.resolve(false);
      approval.spent += use.cost;
      approval.calls += 1;
      return Promise.resolve(true);
    },
  };
  return {
    store,
    /** Ids, in the order in which they were tried. */
    tried,
    approve: (id: string, approval: ApprovalOnDesk) =>
      void known.set(id, { ...approval, spent: 0, calls: 0 }),
    spentOf: (id: string) => known.get(id)?.spent,
  };
}
