import type { ApprovalStore } from '../../src/stepup/approval-store.js';
import type { Approval, ApprovalId } from '../../src/stepup/approval.js';

/** Approvals in memory, as far as the services need them; spending is tested on real databases. */
export class MemoryApprovals implements ApprovalStore {
  readonly kept: Approval[] = [];

  async insert(approval: Approval): Promise<boolean> {
    this.kept.push(approval);
    return true;
  }

  async find(id: string): Promise<Approval | undefined> {
    return this.kept.find((approval) => approval.id === id);
  }

  async standing(ids: readonly ApprovalId[]): Promise<ReadonlySet<ApprovalId>> {
    return new Set(
      ids.filter((id) => this.kept.some((approval) => approval.id === id && !approval.revokedAt)),
    );
  }

  async spend(): Promise<boolean> {
    return false;
  }

  async listOf(): Promise<Approval[]> {
    return this.kept;
  }

  async everyOf(): Promise<Approval[]> {
    return this.kept;
  }

  async revoke(): Promise<number> {
    return 0;
  }
}
