import { randomBase62 } from '../lib/base62.js';
import type { Clock } from '../lib/clock.js';
import { foldModel } from '../lib/model-name.js';
import type { Random } from '../lib/random.js';
import { accepted, type Result } from '../lib/result.js';
import type { ReplayWindow } from '../proof/replay-window.js';
import { checkKey, type ActiveToken } from './active-token.js';
import type { TokenCheck } from './token-check.js';
import type { Asked, AuthorizationServer } from './authorization-server.js';
import { readCallAnswer, type CallAnswer } from './call-answer.js';
import { questionOf, readGuardedCall, type CallJudge } from './judge.js';
import type { GuardedCall } from './decision.js';
import type { GuardAnswers } from './guard-answers.js';
import { fitsModel, modelGlobs, type OutagePolicy } from './outage-policy.js';
import type { Prover, ProvenRequest } from './proven-request.js';
import type { RevocationState } from './revocation-state.js';
import { isYoung, type TokenMemory } from './token-memory.js';
import { keepAnswer, type LivingToken, type TokenPlace } from './token-source.js';

export interface LocalCallsOptions {
  readonly server: AuthorizationServer;
  readonly answers: GuardAnswers;
  readonly feed: RevocationState;
  readonly prover: Prover;
  readonly replays: ReplayWindow;
  readonly memory: TokenMemory;
  readonly check: TokenCheck;
  readonly localModels: readonly string[];
  readonly outage: OutagePolicy;
  readonly place: TokenPlace;
  readonly clock: Clock;
  readonly random: Random;
}

/** The answer that was given to a call, wherever it comes from. */
type Judged = Result<{ readonly answer: CallAnswer; readonly living?: LivingToken }>;

/**
 * The proof is checked here. Whether the call may be made is asked all the same, since only there approvals, caps and
 * reservations are spent (law 4), except for the models that the operator says cost nothing and demand nothing.
 */
export function localCalls(options: LocalCallsOptions): CallJudge {
  const { answers, prover, random } = options;
  const own = modelGlobs(options.localModels);
  const callId = (): string => `call_${randomBase62(random, 22)}`;

  const judge = async (proven: ProvenRequest, call: GuardedCall): Promise<Judged> => {
    if (!fitsModel(own, call.model)) return askAbout(proven, call, options, callId);
    const living = await options.check(proven, call.scope ?? []);
    if (!living.ok) return living;
    return accepted({ answer: allowedHere(living.value.token, callId()), living: living.value });
  };

  return async (request, asked) => {
    const proven = await prover.prove(request);
    if (!proven.ok) return answers.refuse(proven.refusal, prover.nonce());
    const call = await readGuardedCall(asked);
    if (!call.ok) return answers.refuse(call.refusal, prover.nonce());
    const mark = options.feed.mark();
    const judged = await judge(proven.value, call.value);
    if (!judged.ok) return answers.refuse(judged.refusal, prover.nonce(), call.value.scope);
    const { answer } = judged.value;
    if (!answer.allowed) return answers.passOn(answer.refusal, answer.ready, prover.nonce());
    const living = judged.value.living ?? { token: answer.token, mark };
    const { accessToken, proof } = proven.value;
    const { wouldRefuse } = answer;
    const nonce = prover.nextAfter(proof);
    const allowed = answers.allow({ accessToken, living, nonce, wouldRefuse });
    return Object.assign(allowed, { callId: answer.callId });
  };
}

async function askAbout(
  { accessToken, proof }: ProvenRequest,
  call: GuardedCall,
  options: LocalCallsOptions,
  callId: () => string,
): Promise<Judged> {
  const { server, replays, feed, place, clock } = options;
  // RFC 9449 §11.1: a proof works once. Asked before the question, which may spend an approval.
  const first = replays.firstUse(proof);
  if (!first.ok) return first;
  const [mark, watched, askedAt] = [feed.mark(), feed.trusted, clock.now()];
  const asked = await server.authorizeCall({ token: accessToken, jkt: proof.jkt, ...questionOf(call) });
  if (!asked.ok) return byMemory(asked, { accessToken, proof }, call, options, callId);
  const answer = readCallAnswer(asked.value, { ...place, jkt: proof.jkt });
  // It did nothing and would do nothing again; so only holders of live tokens fill the memory.
  if (answer.ok && !answer.value.allowed && !answer.value.ofLiveToken) replays.forget(proof);
  if (answer.ok) learn(answer.value, { accessToken, call, mark, watched, askedAt }, options);
  return answer.ok ? accepted({ answer: answer.value }) : answer;
}

interface Learnt {
  readonly accessToken: string;
  readonly call: GuardedCall;
  readonly mark: LivingToken['mark'];
  readonly watched: boolean;
  readonly askedAt: number;
}

/** Keeps what an outage may be bridged by, and forgets what is not so any more. */
function learn(
  answer: CallAnswer,
  { accessToken, call, ...asked }: Learnt,
  { memory, feed, outage }: LocalCallsOptions,
): void {
  const model = foldModel(call.model) ?? call.model;
  if (!answer.allowed) {
    if (answer.ofLiveToken) memory.forgetVerdict(accessToken, model);
    else memory.forget(accessToken);
    return;
  }
  // What an approval paid for was paid for once, and what is only observed is asked about each time.
  if (answer.spent || outage(call.model) === undefined) return;
  keepAnswer({ memory, feed }, accessToken, { token: answer.token, ...asked });
  memory.keepVerdict(accessToken, model, { askedAt: asked.askedAt, maxCost: call.maxCost ?? 0 });
}

/** While nobody answers: what was allowed to the same token, model and cost before, where the operator wants that. */
function byMemory(
  unanswered: Extract<Asked, { readonly ok: false }>,
  { accessToken, proof }: ProvenRequest,
  { model, maxCost = 0, scope = [] }: GuardedCall,
  { memory, outage, clock }: LocalCallsOptions,
  callId: () => string,
): Judged {
  const seconds = unanswered.outage ? outage(model) : undefined;
  const verdict = memory.recallVerdict(accessToken, foldModel(model) ?? model);
  const known = memory.recall(accessToken);
  if (seconds === undefined || !verdict || !known || maxCost > verdict.maxCost) return unanswered;
  const { token } = known;
  if (!isYoung({ token, askedAt: verdict.askedAt }, seconds, clock)) return unanswered;
  const ours = checkKey(token, proof.jkt);
  if (!ours.ok) return ours;
  if (!scope.every((name) => token.scopes.has(name))) return unanswered;
  return accepted({ answer: allowedHere(token, callId()) });
}

function allowedHere(token: ActiveToken, callId: string): CallAnswer {
  return { allowed: true, token, callId, spent: false, wouldRefuse: undefined, nonce: undefined };
}
