import { modelCallType, type GrantedModelCall } from '../stepup/model-call.js';
import type { AnsweredCall } from './call-answer-policy.js';
import type { CallingTokenRow } from './call-store.js';
import type { CallRequest } from './call-request.js';

/** A call whose token is active, bound, and for the resource server that asks. */
export interface KnownCall extends AnsweredCall {
  readonly request: CallRequest;
  readonly token: CallingTokenRow;
  readonly resource: string;
  /** Thumbprint of the key or certificate that the token is bound to. */
  readonly bound: string;
}

/** RFC 9396 §7: what was granted stands in the token, put there by us. */
export function modelCallsOf({ payload }: CallingTokenRow): readonly GrantedModelCall[] {
  const granted = payload['rar'];
  return Array.isArray(granted)
    ? (granted as GrantedModelCall[]).filter(({ type }) => type === modelCallType)
    : [];
}

export function familyOf({ clientId, grantId }: CallingTokenRow) {
  return { clientId, ...(grantId !== undefined && { grantId }) };
}
