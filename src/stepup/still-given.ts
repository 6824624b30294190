import type { ApprovalStore } from './approval-store.js';
import type { GrantedModelCall } from './model-call.js';

/** Those that the person has not taken back. */
export async function stillGiven(
  approvals: Pick<ApprovalStore, 'standing'>,
  granted: readonly GrantedModelCall[],
): Promise<readonly GrantedModelCall[]> {
  if (granted.length === 0) return granted;
  const standing = await approvals.standing(granted.map(({ approval_id: id }) => id));
  return granted.filter(({ approval_id: id }) => standing.has(id));
}
