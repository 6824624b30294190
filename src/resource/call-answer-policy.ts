import { dpopChallenge } from '../lib/dpop-challenge.js';
import { currency, writeDollars } from '../lib/money.js';
import { refusals, type Refusal, type RefusalCode } from '../lib/refusal.js';
import { resourceMetadataUrl } from '../lib/resource-metadata-url.js';
import { proofAlgorithms } from '../proof/proof.js';
import type { CallVerdict, Denial, LoginDemand, ModelCallDemand } from '../stepup/call-verdict.js';
import type { CallId, RefusedCall } from './call-answer.js';
import { inactive, type Introspection } from './introspection-policy.js';

/** The call that is answered. */
export interface AnsweredCall {
  readonly id: CallId;
  readonly introspection: Introspection;
}

type Denied = Extract<CallVerdict, { verdict: 'denied' }>;

/**
 * Law 6, RFC 7662 §2.2: the one answer for a token that is not active to whoever asks, whatever the reason. Nothing in
 * it comes from the token.
 */
export function inactiveCall(id: CallId): RefusedCall {
  return refusedCall({ id, introspection: inactive }, 'deny', { code: 'token_inactive' });
}

/** RFC 9449 §7.1: the proof is of another key than the token's. */
export function wrongKey(call: AnsweredCall): RefusedCall {
  return refusedCall(call, 'deny', { code: 'token_wrong_key' });
}

/** RFC 9449 §7.1, §9: what the authorization server answers with 400, a resource server answers with 401. */
export function proofRefused(call: AnsweredCall, { code }: Refusal, nonce: string): RefusedCall {
  const decision = code === 'nonce_required' ? 'challenge' : 'deny';
  return { ...refusedCall(call, decision, { code }), status: 401, dpop_nonce: nonce };
}

/** What risk or reservation would not let pass. */
export function gateClosed(call: AnsweredCall, code: RefusalCode): RefusedCall {
  return refusedCall(call, 'deny', { code });
}

/** RFC 6750 §3.1 */
export function scopeMissing(call: AnsweredCall, scope: readonly string[]): RefusedCall {
  return refusedCall(call, 'deny', { code: 'scope_insufficient', header: { scope: scope.join(' ') } });
}

/** RFC 9470 §3; the body also asks for the approval that the new token will need, so that the client asks once. */
export function loginChallenge(
  call: AnsweredCall,
  login: LoginDemand,
  approval: ModelCallDemand | undefined,
): RefusedCall {
  return refusedCall(call, 'challenge', {
    code: 'step_up_required',
    header: { acr_values: login.acr, max_age: login.maxAge?.toString() },
    body: { ...loginMembers(login), ...(approval && detailsMember(call, approval)) },
  });
}

/** Our extension to RFC 9470, which has no word for a missing approval: what to ask for, in RFC 9396's own shape. */
export function approvalChallenge(
  call: AnsweredCall,
  approval: ModelCallDemand,
  login: LoginDemand,
): RefusedCall {
  return refusedCall(call, 'challenge', {
    code: 'approval_required',
    body: { ...detailsMember(call, approval), ...loginMembers(login) },
  });
}

/** No challenge: whatever the client asked the person for, the next call would be refused as well. */
export function denied(call: AnsweredCall, verdict: Denied): RefusedCall {
  const code = codes[verdict.reason];
  if (verdict.reason === 'account_held') {
    const detail = `It opens at ${verdict.until.toISOString()}.`;
    const held_until = Math.ceil(verdict.until.getTime() / 1000);
    return refusedCall(call, 'deny', { code, detail, body: { held_until } });
  }
  if (verdict.reason === 'too_dear') {
    const detail = `At most ${writeDollars(verdict.budget)} ${currency} can be approved at once.`;
    return refusedCall(call, 'deny', { code, detail });
  }
  return refusedCall(call, 'deny', { code });
}

const codes = {
  model_of_no_tier: 'model_of_no_tier',
  client_acts_for_itself: 'client_without_person',
  account_held: 'account_held',
  too_dear: 'call_too_dear',
  max_cost_missing: 'max_cost_missing',
} as const satisfies Record<Denial['reason'], RefusalCode>;

interface Words {
  readonly code: RefusalCode;
  /** A sentence behind the one of the catalogue. */
  readonly detail?: string;
  readonly header?: Readonly<Record<string, string | undefined>>;
  readonly body?: Omit<RefusedCall['body'], 'error' | 'error_description'>;
}

function refusedCall(
  { id, introspection }: AnsweredCall,
  decision: RefusedCall['decision'],
  { code, detail, header, body }: Words,
): RefusedCall {
  const { status, error, says } = refusals[code];
  const error_description = detail === undefined ? says : `${says} ${detail}`;
  const audience = introspection.active ? introspection.aud : undefined;
  return {
    decision,
    call_id: id,
    introspection,
    code,
    status,
    www_authenticate: dpopChallenge({
      error,
      error_description,
      ...header,
      algs: proofAlgorithms.join(' '),
      // RFC 9728 §5.1
      resource_metadata: audience === undefined ? undefined : resourceMetadataUrl(audience),
    }),
    body: { error, error_description, ...body },
  };
}

function loginMembers({ acr, maxAge }: LoginDemand) {
  return {
    ...(acr !== undefined && { acr_values: acr }),
    ...(maxAge !== undefined && { max_age: maxAge }),
  };
}

/** RFC 9396 §2.2: `locations` says at which resource, so that the client need not guess. */
function detailsMember({ introspection }: AnsweredCall, approval: ModelCallDemand) {
  const audience = introspection.active ? introspection.aud : undefined;
  return audience === undefined
    ? {}
    : { authorization_details: [{ ...approval, locations: [audience] as const }] };
}
