import { systemClock } from '../lib/clock.js';
import { systemRandom } from '../lib/random.js';
import type { Refusal } from '../lib/refusal.js';
import { resourceMetadataUrl } from '../lib/resource-metadata-url.js';
import { accepted, refused, type Result } from '../lib/result.js';
import { defaultProofPolicy, type Proof } from '../proof/proof.js';
import { createReplayWindow } from '../proof/replay-window.js';
import { readProvenToken, type ActiveToken } from './active-token.js';
import { createAuthorizationServer } from './authorization-server.js';
import { readCallAnswer, type CallAnswer } from './call-answer.js';
import { passChallenge, toChallenge } from './challenge.js';
import type { Allowed, CallDecision, CallReader, Decision, GuardedCall, Refused } from './decision.js';
import type { GuardOptions } from './guard-options.js';
import { createProver, type GuardedRequest, type ProvenRequest } from './proven-request.js';
import type { UsageReporter } from './usage-report.js';

/** Decides, request by request, whether a resource server may serve it. */
export interface Guard {
  /**
   * For endpoints without a model.
   * @param scope every one of these must be granted
   */
  decide(request: GuardedRequest, scope?: readonly string[]): Promise<Decision>;
  /**
   * For a call of a model: one question to the authorization server, which knows what the model's tier demands.
   * @param call what is called; or its reader, asked only once token and proof are in order: no body is read for others
   */
  authorizeCall(request: GuardedRequest, call: GuardedCall | CallReader): Promise<CallDecision>;
  /** Says what became of allowed calls. */
  readonly usage: UsageReporter;
  /** Sends the reports that wait, then closes every connection. */
  close(): Promise<void>;
}

const longestModel = 256;
const unwatched = { signal: new AbortController().signal, end: () => {} };
const unsent: UsageReporter = { report: () => Promise.resolve('lost'), flush: () => Promise.resolve() };

/**
 * A guard for one process. Its nonces are signed by a key that is made here and lives nowhere else, so a proof that
 * another process has seen, or this one before a restart, fails by its nonce; its own it remembers.
 */
export function createGuard(options: GuardOptions): Guard {
  const { clock = systemClock, random = systemRandom, policy = defaultProofPolicy } = options;
  const { resource, publicUrl, resourceMetadata = resourceMetadataUrl(resource) } = options;
  const server = createAuthorizationServer({ ...options, clock, random });
  const prover = createProver({ resource, publicUrl, policy, clock, random });
  const replays = createReplayWindow({
    clock,
    policy,
    acceptFrom: 0,
    ...(options.replayCapacity !== undefined && { capacity: options.replayCapacity }),
  });

  const judge = async (
    { accessToken, proof }: ProvenRequest,
    scope: readonly string[],
  ): Promise<Result<ActiveToken>> => {
    const answer = await server.introspect(accessToken);
    if (!answer.ok) return answer;
    const token = readProvenToken(answer.value, { ...options, jkt: proof.jkt });
    if (!token.ok) return token;
    // RFC 9449 §11.1: a proof works once. Asked last, so that only holders of live tokens fill the memory.
    const first = replays.firstUse(proof);
    if (!first.ok) return first;
    const missing = scope.filter((name) => !token.value.scopes.has(name));
    if (missing.length > 0) return refused('scope_insufficient', `the token lacks ${missing.join(' ')}`);
    return token;
  };

  const judgeCall = async (
    { accessToken: token, proof }: ProvenRequest,
    { model, maxCost, scope = [] }: GuardedCall,
  ): Promise<Result<CallAnswer>> => {
    if (model === '' || model.length > longestModel) return refused('model_of_no_tier', 'no id of a model');
    // RFC 9449 §11.1: a proof works once. Asked before the question, which may spend an approval.
    const first = replays.firstUse(proof);
    if (!first.ok) return first;
    const { jkt } = proof;
    const cost = maxCost === undefined ? {} : { max_cost: maxCost };
    const needed = scope.length === 0 ? {} : { scope: scope.join(' ') };
    const asked = await server.authorizeCall({ token, jkt, model, ...cost, ...needed });
    if (!asked.ok) return asked;
    const answer = readCallAnswer(asked.value, { ...options, jkt });
    // It did nothing and would do nothing again; so only holders of live tokens fill the memory.
    if (answer.ok && !answer.value.allowed && !answer.value.ofLiveToken) replays.forget(proof);
    return answer;
  };

  const contextOf = (scope: readonly string[] = []) => ({ nonce: prover.nonce(), scope, resourceMetadata });
  const refuse = (refusal: Refusal, scope?: readonly string[]): Refused => ({
    allowed: false,
    refusal,
    challenge: toChallenge(refusal, contextOf(scope)),
  });
  const allow = (token: ActiveToken, proof: Proof): Allowed => {
    const nonce = prover.nonce();
    // RFC 9449 §8.2: the next nonce rides on an answer, so that the client need not be refused to get it.
    const headers: Record<string, string> = proof.nonce === nonce ? {} : { 'dpop-nonce': nonce };
    return { allowed: true, token, headers, ...unwatched };
  };

  return {
    async decide(request, scope = []) {
      const proven = await prover.prove(request);
      if (!proven.ok) return refuse(proven.refusal, scope);
      const token = await judge(proven.value, scope);
      return token.ok ? allow(token.value, proven.value.proof) : refuse(token.refusal, scope);
    },
    async authorizeCall(request, asked) {
      const proven = await prover.prove(request);
      if (!proven.ok) return refuse(proven.refusal);
      const call = typeof asked === 'function' ? await asked() : accepted(asked);
      if (!call.ok) return refuse(call.refusal);
      const answer = await judgeCall(proven.value, call.value);
      if (!answer.ok) return refuse(answer.refusal, call.value.scope);
      if (answer.value.allowed) {
        const { token, callId } = answer.value;
        return { ...allow(token, proven.value.proof), callId };
      }
      const { refusal, ready } = answer.value;
      return { allowed: false, refusal, challenge: passChallenge(ready, contextOf(call.value.scope)) };
    },
    usage: unsent,
    close: () => server.close(),
  };
}
