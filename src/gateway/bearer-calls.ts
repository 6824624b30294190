import type { AuthorizationServer } from './authorization-server.js';
import { readBearerCredential } from './authorization-header.js';
import { readCallAnswer } from './call-answer.js';
import type { GuardAnswers } from './guard-answers.js';
import { questionOf, readGuardedCall, type Judge } from './judge.js';
import type { RevocationState } from './revocation-state.js';
import type { TokenPlace } from './token-source.js';

export interface BearerCallsOptions {
  readonly server: AuthorizationServer;
  readonly answers: GuardAnswers;
  readonly feed: RevocationState;
  readonly place: TokenPlace;
}

/**
 * Asks about calls with a bearer credential of before, each anew: only the authorization server knows which there are, and
 * what each may still spend. Whatever calls no model is for bound tokens alone.
 */
export function withBearerCalls(bound: Judge, options: BearerCallsOptions): Judge {
  const { server, answers, feed, place } = options;
  return {
    decide: (request, scope) => bound.decide(request, scope),
    async authorizeCall(request, asked) {
      const credential = readBearerCredential(request.authorization);
      if (credential === undefined) return bound.authorizeCall(request, asked);
      const call = await readGuardedCall(asked);
      if (!call.ok) return answers.refuse(call.refusal, undefined);
      const mark = feed.mark();
      const question = { token: credential, bearer: true, ...questionOf(call.value) } as const;
      const answered = await server.authorizeCall(question);
      if (!answered.ok) return answers.refuse(answered.refusal, undefined, call.value.scope);
      const answer = readCallAnswer(answered.value, { ...place, bearer: true });
      if (!answer.ok) return answers.refuse(answer.refusal, undefined, call.value.scope);
      if (!answer.value.allowed) return answers.passOn(answer.value.refusal, answer.value.ready, undefined);
      const { token, callId, wouldRefuse } = answer.value;
      const living = { token, mark };
      const allowed = answers.allow({ accessToken: credential, living, nonce: undefined, wouldRefuse });
      return Object.assign(allowed, { callId });
    },
  };
}
