import type { Clock } from '../lib/clock.js';
import { accepted, type Result } from '../lib/result.js';
import { readActiveToken, type ActiveToken } from './active-token.js';
import type { AuthorizationServer } from './authorization-server.js';
import type { OutagePolicy } from './outage-policy.js';
import type { FeedMark, RevocationState } from './revocation-state.js';
import { isYoung, type TokenMemory } from './token-memory.js';
import { namesOfToken } from './token-names.js';

/** A token that is alive, and how much was heard of revocations when that was asked. */
export interface LivingToken {
  readonly token: ActiveToken;
  readonly mark: FeedMark;
}

/** Says of tokens whether they are alive and for us. */
export interface TokenSource {
  find(accessToken: string): Promise<Result<LivingToken>>;
}

export interface TokenPlace {
  readonly issuer: string;
  readonly resource: string;
}

export interface KeptTokensOptions {
  readonly server: AuthorizationServer;
  readonly feed: RevocationState;
  readonly memory: TokenMemory;
  readonly clock: Clock;
  readonly place: TokenPlace;
  /** For how long an answer is used while the feed is heard. */
  readonly keepSeconds: number;
  readonly outage: OutagePolicy;
}

/**
 * Asks once, and goes by that answer for as long as the feed says that nothing was revoked (law 3). Without the feed every
 * answer is asked for anew; without an answer nobody gets in, but for what `outage` lets in.
 */
export function keptTokens(options: KeptTokensOptions): TokenSource {
  const { server, feed, memory, clock, place, keepSeconds, outage } = options;
  feed.listen({ revoked: (match) => memory.drop(match), reset: () => memory.clear() });
  return {
    async find(accessToken) {
      const known = memory.recall(accessToken);
      const mark = feed.mark();
      // Law 3: a cache that has lost its feed is no cache.
      const watched = feed.trusted;
      if (known?.watched && watched && isYoung(known, keepSeconds, clock)) {
        return accepted({ token: known.token, mark });
      }
      const askedAt = clock.now();
      const answer = await server.introspect(accessToken);
      if (!answer.ok) {
        const seconds = answer.outage ? outage() : undefined;
        const last = seconds === undefined ? undefined : memory.recall(accessToken);
        if (last && seconds !== undefined && isYoung(last, seconds, clock))
          return accepted({ token: last.token, mark });
        return answer;
      }
      const token = readActiveToken(answer.value, place);
      if (!token.ok) memory.forget(accessToken);
      else keepAnswer({ memory, feed }, accessToken, { token: token.value, askedAt, mark, watched });
      return token.ok ? accepted({ token: token.value, mark }) : token;
    },
  };
}

export interface FreshAnswer extends LivingToken {
  readonly askedAt: number;
  /** Whether the feed was trusted when the question left. */
  readonly watched: boolean;
}

/**
 * Keeps an answer, unless the token may have been revoked between the question and now: the answer could be older than the
 * event, which would then have come too early to drop it.
 */
export function keepAnswer(
  { memory, feed }: { readonly memory: TokenMemory; readonly feed: RevocationState },
  accessToken: string,
  { token, askedAt, mark, watched }: FreshAnswer,
): void {
  const matches = feed.matchesOf(namesOfToken(accessToken, token));
  const met = feed.since(mark, matches);
  if (met === 'revoked') return memory.forget(accessToken);
  memory.keep(accessToken, { token, askedAt, watched: watched && feed.trusted && met === 'quiet', matches });
}
