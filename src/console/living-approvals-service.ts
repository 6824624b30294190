import type { AccountEventLog } from '../accounts/account-event-log.js';
import type { AccountId } from '../accounts/account.js';
import type { Clock } from '../lib/clock.js';
import type { Transaction } from '../lib/transaction.js';
import type { SecurityEvents } from '../observability/events.js';
import type { ApprovalStore } from '../stepup/approval-store.js';
import type { Approval, ApprovalId } from '../stepup/approval.js';

export interface LivingApprovalsPorts {
  readonly approvals: Pick<ApprovalStore, 'listOf' | 'everyOf' | 'revoke'>;
  readonly log: Pick<AccountEventLog, 'record'>;
  readonly transaction: Transaction;
  readonly events: Pick<SecurityEvents, 'revoked'>;
  readonly clock: Clock;
}

/** What a person approved and could still cost her something; she stops it with a press of a button. */
export class LivingApprovalsService {
  readonly #ports: LivingApprovalsPorts;

  constructor(ports: LivingApprovalsPorts) {
    this.#ports = ports;
  }

  async list(accountId: AccountId): Promise<readonly Approval[]> {
    return this.#ports.approvals.listOf(accountId, new Date(this.#ports.clock.now()));
  }

  /** Also those that are over, for as long as they are kept. */
  async every(accountId: AccountId): Promise<readonly Approval[]> {
    return this.#ports.approvals.everyOf(accountId);
  }

  /** No confirmation: stopping must be easy. One that is over already stays over. */
  async stop(accountId: AccountId, id: string): Promise<void> {
    const { approvals, clock, events, log, transaction } = this.#ports;
    const at = new Date(clock.now());
    const stopped = await transaction.run(async () => {
      const count = await approvals.revoke(accountId, { id: id as ApprovalId }, at);
      if (count > 0) await log.record(accountId, 'approval_stopped');
      return count > 0;
    });
    if (stopped) events.revoked({ what: 'approval', id });
  }
}
