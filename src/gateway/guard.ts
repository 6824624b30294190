import { systemClock, type Clock } from '../lib/clock.js';
import { systemRandom, type Random } from '../lib/random.js';
import type { Refusal } from '../lib/refusal.js';
import { accepted, refused, type Result } from '../lib/result.js';
import { externalUrl } from '../proof/http-uri.js';
import { createNonces } from '../proof/nonces.js';
import { defaultProofPolicy, type Proof, type ProofPolicy } from '../proof/proof.js';
import { createReplayWindow } from '../proof/replay-window.js';
import { createProofVerifier } from '../proof/verify-proof.js';
import { readActiveToken, type ActiveToken } from './active-token.js';
import { readBoundToken } from './authorization-header.js';
import { toChallenge, type Challenge } from './challenge.js';
import { createIntrospectionClient, type IntrospectionOptions } from './introspection-client.js';

export interface GuardOptions extends IntrospectionOptions {
  /** The resource indicator that tokens must carry in `aud`. */
  readonly resource: string;
  /** Scheme, host and port under which clients reach this server; proofs must name it. Never taken from Host. */
  readonly publicUrl: string;
  readonly policy?: ProofPolicy;
  /** Most proofs remembered at once. */
  readonly replayCapacity?: number;
  readonly resourceMetadata?: string;
  readonly clock?: Clock;
  readonly random?: Random;
}

/** The parts of a request that decide. */
export interface GuardedRequest {
  readonly method: string;
  /** The request target: path and query. */
  readonly target: string;
  /** Every field of these names, unjoined. */
  readonly authorization: readonly string[];
  readonly dpop: readonly string[];
}

export type Decision =
  | {
      readonly allowed: true;
      readonly token: ActiveToken;
      readonly headers: Readonly<Record<string, string>>;
    }
  | { readonly allowed: false; readonly refusal: Refusal; readonly challenge: Challenge };

/** Decides, request by request, whether a resource server may serve it. */
export interface Guard {
  /** @param scope every one of these must be granted */
  decide(request: GuardedRequest, scope?: readonly string[]): Promise<Decision>;
  close(): Promise<void>;
}

/**
 * A guard for one process. Its nonces are signed by a key that is made here and lives nowhere else, so a proof that
 * another process has seen, or this one before a restart, fails by its nonce; its own it remembers.
 */
export function createGuard(options: GuardOptions): Guard {
  const { clock = systemClock, random = systemRandom, policy = defaultProofPolicy } = options;
  const introspection = createIntrospectionClient(options);
  const proofs = createProofVerifier({ clock, policy });
  const nonces = createNonces({ key: random.bytes(32), audience: options.resource, clock });
  const replays = createReplayWindow({
    clock,
    policy,
    acceptFrom: 0,
    ...(options.replayCapacity !== undefined && { capacity: options.replayCapacity }),
  });

  const verifyProof = async (request: GuardedRequest, accessToken: string): Promise<Result<Proof>> => {
    const url = externalUrl(options.publicUrl, request.target);
    if (url === undefined) return refused('request_malformed', 'the request target is not a path');
    return proofs.verify(request.dpop, { method: request.method, url, accessToken, nonces });
  };

  const judge = async (
    request: GuardedRequest,
    scope: readonly string[],
  ): Promise<Result<{ token: ActiveToken; proof: Proof }>> => {
    const presented = readBoundToken(request.authorization);
    if (!presented.ok) return presented;
    const proof = await verifyProof(request, presented.value);
    if (!proof.ok) return proof;
    const answer = await introspection.introspect(presented.value);
    if (!answer.ok) return answer;
    const token = readActiveToken(answer.value, options);
    if (!token.ok) return token;
    // RFC 9449 §4.3 check 12: the key that the token is bound to is the key of the proof.
    if (token.value.jkt !== proof.value.jkt) return refused('token_wrong_key');
    // RFC 9449 §11.1: a proof works once. Asked last, so that only holders of live tokens fill the memory.
    const first = replays.firstUse(proof.value);
    if (!first.ok) return first;
    const missing = scope.filter((name) => !token.value.scopes.has(name));
    if (missing.length > 0) return refused('scope_insufficient', `the token lacks ${missing.join(' ')}`);
    return accepted({ token: token.value, proof: proof.value });
  };

  const { resourceMetadata } = options;
  return {
    async decide(request, scope = []) {
      const outcome = await judge(request, scope);
      const nonce = nonces.current();
      if (outcome.ok) {
        // RFC 9449 §8.2: the next nonce rides on an answer, so that the client need not be refused to get it.
        const headers: Record<string, string> =
          outcome.value.proof.nonce === nonce ? {} : { 'dpop-nonce': nonce };
        return { allowed: true, token: outcome.value.token, headers };
      }
      const context = { nonce, scope, ...(resourceMetadata !== undefined && { resourceMetadata }) };
      return { allowed: false, refusal: outcome.refusal, challenge: toChallenge(outcome.refusal, context) };
    },
    close: () => introspection.close(),
  };
}
