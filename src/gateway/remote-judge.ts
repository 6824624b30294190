import { externalUrl } from '../proof/http-uri.js';
import { parseProof } from '../proof/parse-proof.js';
import type { ProofPolicy } from '../proof/proof.js';
import { accepted, refused, type Result } from '../lib/result.js';
import type { AuthorizationServer } from './authorization-server.js';
import { readBoundToken } from './authorization-header.js';
import { readCallAnswer } from './call-answer.js';
import { questionOf, readGuardedCall, type Asking, type Judge } from './judge.js';
import type { CallDecision } from './decision.js';
import type { GuardAnswers } from './guard-answers.js';
import type { GuardedRequest } from './proven-request.js';
import type { RevocationState } from './revocation-state.js';
import type { TokenPlace } from './token-source.js';

export interface RemoteJudgeOptions {
  readonly server: AuthorizationServer;
  readonly answers: GuardAnswers;
  readonly feed: RevocationState;
  readonly place: TokenPlace;
  readonly publicUrl: string;
  readonly policy: ProofPolicy;
}

interface Presented {
  readonly token: string;
  readonly proof: { readonly dpop: string; readonly method: string; readonly url: string };
}

/**
 * One question for each request, with the proof as it came: the authorization server verifies it, once at however many
 * gateways. What can't be a token and a proof is refused here, before a body is read or anybody is asked.
 */
export function remoteJudge(options: RemoteJudgeOptions): Judge {
  const { server, answers, feed, place, publicUrl, policy } = options;
  /** The last nonce that the authorization server gave: whoever comes without credentials may have it, too. */
  let nonce: string | undefined;

  const ask = async (presented: Presented, call: Asking): Promise<CallDecision> => {
    const { scope } = call;
    const mark = feed.mark();
    const answered = await server.authorizeCall({ ...presented, ...questionOf(call) });
    if (!answered.ok) return answers.refuse(answered.refusal, nonce, scope);
    const answer = readCallAnswer(answered.value, place);
    if (!answer.ok) return answers.refuse(answer.refusal, nonce, scope);
    nonce = answer.value.nonce ?? nonce;
    if (!answer.value.allowed) {
      const { refusal, ready } = answer.value;
      return answers.passOn(refusal, ready, answer.value.nonce);
    }
    const { token, callId, wouldRefuse } = answer.value;
    const living = { token, mark };
    const { nonce: next } = answer.value;
    const allowed = answers.allow({ accessToken: presented.token, living, nonce: next, wouldRefuse });
    return Object.assign(allowed, { callId });
  };

  return {
    async decide(request, scope = []) {
      const presented = readPresented(request, publicUrl, policy);
      if (!presented.ok) return answers.refuse(presented.refusal, nonce, scope);
      return ask(presented.value, { model: null, scope });
    },
    async authorizeCall(request, asked) {
      const presented = readPresented(request, publicUrl, policy);
      if (!presented.ok) return answers.refuse(presented.refusal, nonce);
      const call = await readGuardedCall(asked);
      return call.ok ? ask(presented.value, call.value) : answers.refuse(call.refusal, nonce);
    },
  };
}

/** As much as /calls takes. */
const longestAddress = 4096;

function readPresented(
  { method, target, authorization, dpop }: GuardedRequest,
  publicUrl: string,
  policy: ProofPolicy,
): Result<Presented> {
  const token = readBoundToken(authorization);
  if (!token.ok) return token;
  // RFC 9449 §4.2: htu is the address without query and fragment; what stands there is nobody else's business.
  const url = externalUrl(publicUrl, target)?.replace(/[?#].*$/s, '');
  if (url === undefined) return refused('request_malformed', 'the request target is not a path');
  // Asked with more, the authorization server would refuse the question, and seem to be at fault.
  if (url.length > longestAddress) return refused('request_malformed', 'the address is too long');
  const proof = parseProof(dpop, policy);
  if (!proof.ok) return proof;
  return accepted({ token: token.value, proof: { dpop: proof.value.jwt, method, url } });
}
