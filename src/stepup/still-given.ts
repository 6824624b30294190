import type { ApprovalStore } from './approval-store.js';
import type { GrantedModelCall } from './model-call.js';

/** Those that the person has not taken back. */
export async function stillGiven(
  approvals: Pick<ApprovalStore, 'find'>,
  granted: readonly GrantedModelCall[],
): Promise<readonly GrantedModelCall[]> {
  const found = await Promise.all(granted.map(({ approval_id: id }) => approvals.find(id)));
  return granted.filter((_, index) => found[index] !== undefined && found[index].revokedAt === undefined);
}
