import type { Refusal, RefusalCode } from '../lib/refusal.js';
import { passChallenge, toChallenge, type ReadyChallenge } from './challenge.js';
import type { Allowed, Refused } from './decision.js';
import type { TokenWatch } from './token-watch.js';
import type { LivingToken } from './token-source.js';

export interface AllowedRequest {
  readonly accessToken: string;
  readonly living: LivingToken;
  /** RFC 9449 §8.2: the next nonce rides on an answer, so that the client need not be refused to get it. */
  readonly nonce: string | undefined;
  /** It passes for now, and would be refused so. */
  readonly wouldRefuse?: RefusalCode | undefined;
}

/** Puts decisions into the words of RFC 6750, 9449 and 9728. */
export interface GuardAnswers {
  refuse(refusal: Refusal, nonce: string | undefined, scope?: readonly string[]): Refused;
  /** What the authorization server has put into words. */
  passOn(refusal: Refusal, ready: ReadyChallenge, nonce: string | undefined): Refused;
  allow(request: AllowedRequest): Allowed;
}

export function guardAnswers(resourceMetadata: string, watch: TokenWatch): GuardAnswers {
  return {
    refuse: (refusal, nonce, scope = []) => ({
      allowed: false,
      refusal,
      challenge: toChallenge(refusal, { nonce, scope, resourceMetadata }),
    }),
    passOn: (refusal, ready, nonce) => ({
      allowed: false,
      refusal,
      challenge: passChallenge(ready, { nonce, scope: [], resourceMetadata }),
    }),
    allow({ accessToken, living, nonce, wouldRefuse }) {
      let watching: ReturnType<TokenWatch['begin']> | undefined;
      let ended = false;
      return {
        allowed: true,
        token: living.token,
        headers: {
          ...(nonce !== undefined && { 'dpop-nonce': nonce }),
          ...(wouldRefuse !== undefined && { 'holdfast-would-refuse': wouldRefuse }),
        },
        ...(wouldRefuse !== undefined && { wouldRefuse }),
        // Only who reads it has something to break off.
        get signal() {
          if (ended && !watching) return new AbortController().signal;
          watching ??= watch.begin(accessToken, living);
          return watching.signal;
        },
        end: () => {
          ended = true;
          watching?.end();
        },
      };
    },
  };
}
