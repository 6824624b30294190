import { randomBase62 } from '../lib/base62.js';
import { epochSeconds } from '../lib/clock.js';
import { harmless } from '../lib/harmless.js';
import { currency, writeDollars } from '../lib/money.js';
import { refusals } from '../lib/refusal.js';
import { accepted, refused, type Result } from '../lib/result.js';
import type { CallVerdict } from '../stepup/call-verdict.js';
import { judgeCall } from '../stepup/tier-policy.js';
import {
  approvalChallenge,
  denied,
  inactiveCall,
  loginChallenge,
  scopeMissing,
} from './call-answer-policy.js';
import type { CallAnswer, CallId, MalformedCall } from './call-answer.js';
import { passGates, passIfObserved } from './call-passing.js';
import { showPossession } from './call-possession.js';
import type { CallQuestions, CallRequest } from './call-request.js';
import { authorizeLegacyCall } from './legacy-call-service.js';
import { describeAccessToken, inactive } from './introspection-policy.js';
import { viewOf } from './introspection-view.js';
import { modelCallsOf, type KnownCall } from './known-call.js';
import { readPresentedToken } from './presented-token.js';
import { readingOf, type ResourcePorts } from './resource-ports.js';

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
  if (request.possession.kind === 'bearer') return authorizeBearer(id, request, caller, ports);
  const { found, introspection } = await findCallingToken(ports, request.token, caller);
  const bound = found?.jkt ?? found?.certificate;
  // Law 1: what no key binds can't spend, even where the resource lets it in.
  if (!introspection.active || found?.audience === undefined || bound === undefined) {
    return tell(ports, inactiveCall(id));
  }
  const call: KnownCall = { id, introspection, request, token: found, resource: found.audience, bound };
  // Before anything is used up: what the resource server asked wrongly costs its client nothing, nor asking again.
  const verdict = judgeModel(call, ports);
  if (verdict?.verdict === 'denied' && verdict.reason === 'max_cost_missing') {
    return refused('max_cost_missing', 'max_cost is required for this model');
  }
  const shown = await showPossession(call, ports);
  if (!shown.ok) return shown;
  const { refusal, nonce } = shown.value;
  if (refusal) return tell(ports, refusal, { call });
  const { answer, tier } = await answerKnown(call, verdict, ports);
  return tell(ports, nonce === undefined ? answer : { ...answer, dpop_nonce: nonce }, { call, tier });
}

/** Its cap counts every call, so it must be known what each costs, whoever calls. */
async function authorizeBearer(
  id: CallId,
  request: CallRequest,
  caller: string,
  ports: ResourcePorts,
): Promise<Result<CallAnswer>> {
  const { maxCost } = request;
  if (maxCost === undefined) return refused('max_cost_missing', 'max_cost is required with bearer');
  const { answer, tier, accountId } = await authorizeLegacyCall(id, { ...request, maxCost }, caller, ports);
  ports.metrics.callJudged({ decision: answer.decision, tier });
  if (answer.decision !== 'allow' && accountId !== undefined) {
    ports.events.callDenied({ callId: id, clientId: caller, accountId, code: answer.code, tier });
    const detail = `bearer credential of ${accountId}, model ${harmless(request.model ?? '')}`;
    ports.refusalLog.note({ code: answer.code, detail }, { requestId: id, method: 'POST', path: '/calls' });
  }
  return accepted(answer);
}

/** Each question is answered for itself: what one asks wrongly costs the others nothing. */
export async function answerCalls(
  ports: ResourcePorts,
  { batch, calls }: CallQuestions,
  caller: string,
): Promise<Result<CallAnswer | { readonly calls: readonly (CallAnswer | MalformedCall)[] }>> {
  const [only] = calls;
  if (!batch && only) return authorizeCall(ports, only, caller);
  const answers = await Promise.all(calls.map((call) => authorizeCall(ports, call, caller)));
  return accepted({
    calls: answers.map((answer) =>
      answer.ok
        ? answer.value
        : {
            error: 'invalid_request',
            error_description: answer.refusal.detail ?? refusals[answer.refusal.code].says,
          },
    ),
  });
}

interface Judged {
  readonly answer: CallAnswer;
  readonly tier?: string | undefined;
}

/** The row of the token, read with those that are asked about at the same time, and what `caller` may know of it. */
async function findCallingToken(ports: ResourcePorts, value: string, caller: string) {
  const read = readPresentedToken(value, readingOf(ports));
  const token = read instanceof Promise ? await read : read;
  if (token?.kind !== 'access_token') return { found: undefined, introspection: inactive };
  const { token: found } = await ports.calls.find({ place: token, caller: undefined });
  return { found, introspection: describeAccessToken(found, token.jti, viewOf(ports, caller)) };
}

/** What the tier says; undefined where no model is called or the scope is too narrow for any. */
function judgeModel(call: KnownCall, ports: ResourcePorts): CallVerdict | undefined {
  const { model } = call.request;
  if (model === undefined || lacksScope(call)) return undefined;
  return judgeCall(ports.tiers.current, modelCallOf(call, model, ports));
}

function lacksScope({ request, token }: KnownCall): boolean {
  if (request.scope.length === 0) return false;
  const granted = new Set(token.scope?.split(' '));
  return request.scope.some((name) => !granted.has(name));
}

/** What is told of a call whose key was shown. */
async function answerKnown(
  call: KnownCall,
  verdict: CallVerdict | undefined,
  ports: ResourcePorts,
): Promise<Judged> {
  if (lacksScope(call)) return { answer: scopeMissing(call, call.request.scope) };
  if (verdict === undefined) return { answer: await passGates(call, undefined, ports) };
  return { answer: await answerTo(verdict, call, ports), tier: verdict.tier?.id };
}

async function answerTo(verdict: CallVerdict, call: KnownCall, ports: ResourcePorts): Promise<CallAnswer> {
  switch (verdict.verdict) {
    case 'allowed':
      return passGates(call, verdict.tier, ports);
    case 'by_approval':
      return passGates(call, verdict.tier, ports, { payable: verdict });
    case 'step_up':
      return passIfObserved(call, loginChallenge(call, verdict.login, verdict.approval), verdict.tier, ports);
    case 'approve':
      return passIfObserved(
        call,
        approvalChallenge(call, verdict.approval, verdict.login),
        verdict.tier,
        ports,
      );
    case 'denied': {
      const answer = await passIfObserved(call, denied(call, verdict), verdict.tier, ports);
      if (answer.decision === 'allow') return answer;
      ports.events.callDenied({ ...whoOf(call), code: answer.code, tier: verdict.tier?.id });
      return answer;
    }
  }
}

function modelCallOf({ token, request, resource }: KnownCall, model: string, { clock }: ResourcePorts) {
  return {
    token: {
      clientId: token.clientId,
      subject: token.accountId,
      acr: token.acr,
      authTime: token.authTime,
      modelCalls: modelCallsOf(token),
    },
    model,
    maxCost: request.maxCost,
    heldUntil: token.paidTiersHeldUntil,
    resource,
    now: new Date(clock.now()),
  };
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
    request.model === undefined
      ? 'no model'
      : `model ${harmless(request.model)} of ${tier === undefined ? 'no tier' : `tier ${tier}`}`,
    ...(request.maxCost === undefined ? [] : [`at most ${writeDollars(request.maxCost)} ${currency}`]),
    token.accountId === undefined ? 'no person' : acr,
    ...(authTime === undefined ? [] : [`login ${now - authTime} s ago`]),
    `${modelCallsOf(token).length} approvals`,
  ].join(', ');
}

function whoOf({ id, token }: KnownCall) {
  return { callId: id, clientId: token.clientId, accountId: token.accountId };
}
