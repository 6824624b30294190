import type { AccountId } from '../accounts/account.js';
import { randomBase62 } from '../lib/base62.js';
import { epochSeconds } from '../lib/clock.js';
import { harmless } from '../lib/harmless.js';
import { currency, writeDollars } from '../lib/money.js';
import { accepted, refused, type Result } from '../lib/result.js';
import type { FoundAccessToken } from '../provider/access-token-store.js';
import { throughStore } from '../provider/provider-error.js';
import type { CallVerdict, PayingApproval } from '../stepup/call-verdict.js';
import { modelCallType, type GrantedModelCall } from '../stepup/model-call.js';
import { judgeCall } from '../stepup/tier-policy.js';
import {
  approvalChallenge,
  denied,
  inactiveCall,
  loginChallenge,
  scopeMissing,
  wrongKey,
  type AnsweredCall,
} from './call-answer-policy.js';
import type { CallAnswer, CallId } from './call-answer.js';
import type { CallRequest } from './call-request.js';
import { findAccessToken } from './introspection-service.js';
import type { ResourcePorts } from './resource-ports.js';

/** A call whose token is active, of the presented key, and for the resource server that asks. */
interface KnownCall extends AnsweredCall {
  readonly request: CallRequest;
  readonly token: FoundAccessToken;
  readonly resource: string;
  readonly jkt: string;
}

/**
 * Whether `caller`, an authenticated resource server, may serve this call. One statement reads the token and all that
 * decides; an allowed call of a tier with approvals has spent one when this resolves. Refused is only what the resource
 * server itself did wrong.
 */
export async function authorizeCall(
  ports: ResourcePorts,
  request: CallRequest,
  caller: string,
): Promise<Result<CallAnswer>> {
  const id = `call_${randomBase62(ports.random, 22)}` as CallId;
  const { found, introspection } = await findAccessToken(ports, request.token, caller);
  // Law 1: what no key binds can't spend, even where the resource lets it in.
  if (!introspection.active || found?.audience === undefined || found.jkt === undefined) {
    return tell(ports, inactiveCall(id));
  }
  const { audience: resource, jkt } = found;
  const call: KnownCall = { id, introspection, request, token: found, resource, jkt };

  // RFC 9449 §7.1: the proof is made with the key that the token is bound to (cnf.jkt).
  if (request.jkt !== jkt) {
    ports.events.tokenMisuse({ ...familyOf(found), how: 'wrong_key' });
    return tell(ports, wrongKey(call), { call });
  }
  const granted = new Set(found.scope?.split(' '));
  const missing = request.scope.filter((name) => !granted.has(name));
  if (missing.length > 0) return tell(ports, scopeMissing(call, request.scope), { call });

  const verdict = judgeCall(ports.tiers.current, modelCallOf(call, ports));
  if (verdict.verdict === 'denied' && verdict.reason === 'max_cost_missing') {
    return refused('max_cost_missing', 'max_cost is required for this model');
  }
  return tell(ports, await answerTo(verdict, call, ports), { call, tier: verdict.tier?.id });
}

async function answerTo(verdict: CallVerdict, call: KnownCall, ports: ResourcePorts): Promise<CallAnswer> {
  switch (verdict.verdict) {
    case 'allowed':
      return allowed(call);
    case 'by_approval': {
      const paid = await payBy(verdict, call, ports);
      return paid ? allowed(call, paid) : approvalChallenge(call, verdict.otherwise, verdict.login);
    }
    case 'step_up':
      return loginChallenge(call, verdict.login, verdict.approval);
    case 'approve':
      return approvalChallenge(call, verdict.approval, verdict.login);
    case 'denied': {
      const answer = denied(call, verdict);
      ports.events.callDenied({ ...whoOf(call), code: answer.code, tier: verdict.tier?.id });
      return answer;
    }
  }
}

/** Law 2: each is spent, or not, by one statement of its own; the first that can pay does. */
async function payBy(
  { approvals, cost, tier }: Extract<CallVerdict, { verdict: 'by_approval' }>,
  { token, jkt, resource }: KnownCall,
  { approvals: store, clock }: ResourcePorts,
): Promise<PayingApproval | undefined> {
  const { accountId, clientId } = token;
  if (accountId === undefined) return undefined;
  for (const approval of approvals) {
    const { id, spendLimit, count } = approval;
    const now = new Date(clock.now());
    // What she signed counts, also where the token says something else.
    const place = { clientId, jkt, resource, tier: tier.id };
    const use = { accountId: accountId as AccountId, ...place, cost, spendLimit, count, now };
    // One after the other: a second one is spent only if the first is not.
    // oxlint-disable-next-line no-await-in-loop
    if (await throughStore(() => store.spend(id, use))) return approval;
  }
  return undefined;
}

function modelCallOf({ token, request, resource }: KnownCall, { clock }: ResourcePorts) {
  return {
    token: {
      clientId: token.clientId,
      subject: token.accountId,
      acr: token.acr,
      authTime: token.authTime,
      modelCalls: modelCallsOf(token),
    },
    model: request.model,
    maxCost: request.maxCost,
    heldUntil: token.paidTiersHeldUntil,
    resource,
    now: new Date(clock.now()),
  };
}

/** RFC 9396 §7: what was granted stands in the token, put there by us. */
function modelCallsOf({ payload }: FoundAccessToken): readonly GrantedModelCall[] {
  const granted = payload['rar'];
  return Array.isArray(granted)
    ? (granted as GrantedModelCall[]).filter(({ type }) => type === modelCallType)
    : [];
}

function allowed({ id, introspection }: KnownCall, paidBy?: PayingApproval): CallAnswer {
  const approval = paidBy && { approval_id: paidBy.id };
  return { decision: 'allow', call_id: id, introspection, ...approval };
}

/** What is known of a call where it is answered. */
interface Told {
  readonly call?: KnownCall;
  readonly tier?: string | undefined;
}

/** Counts the answer; keeps a refusal for `holdfast explain CALL_ID`, except of tokens that anybody may make up. */
function tell(
  { metrics, refusalLog, clock }: ResourcePorts,
  answer: CallAnswer,
  { call, tier }: Told = {},
): Result<CallAnswer> {
  metrics.callJudged({ decision: answer.decision, tier });
  if (answer.decision !== 'allow' && call !== undefined) {
    const detail = describe(call, tier, epochSeconds(clock));
    const asked = { method: 'POST', path: '/calls', clientId: call.token.clientId };
    refusalLog.note({ code: answer.code, detail }, { requestId: call.id, ...asked });
  }
  return accepted(answer);
}

/** For the operator: what was asked, and what the token brought. */
function describe({ request, token }: KnownCall, tier: string | undefined, now: number): string {
  const { acr = 'no acr', authTime } = token;
  return [
    `model ${harmless(request.model)} of ${tier === undefined ? 'no tier' : `tier ${tier}`}`,
    ...(request.maxCost === undefined ? [] : [`at most ${writeDollars(request.maxCost)} ${currency}`]),
    token.accountId === undefined ? 'no person' : acr,
    ...(authTime === undefined ? [] : [`login ${now - authTime} s ago`]),
    `${modelCallsOf(token).length} approvals`,
  ].join(', ');
}

function familyOf({ clientId, grantId }: FoundAccessToken) {
  return { clientId, ...(grantId !== undefined && { grantId }) };
}

function whoOf({ id, token }: KnownCall) {
  return { callId: id, clientId: token.clientId, accountId: token.accountId };
}
