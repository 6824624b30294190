import type { Clock } from '../lib/clock.js';
import type { ActiveToken } from './active-token.js';
import type { AuthorizationServer } from './authorization-server.js';
import type { StreamOptions } from './guard-options.js';
import type { RevocationState } from './revocation-state.js';
import type { Timers } from './timers.js';
import { namesOfToken, type TokenName } from './token-names.js';
import type { LivingToken } from './token-source.js';

/**
 * `revoked`: the authorization server says so. `unconfirmed`: for too long it said nothing. `expired`: the token has
 * expired, and without the feed nobody can tell whether it was revoked. `too_long`: the answer took longer than any may.
 */
export type EndReason = 'revoked' | 'unconfirmed' | 'expired' | 'too_long';

/** Why `Allowed.signal` aborted. */
export class TokenEnded extends Error {
  override readonly name = 'TokenEnded';
  readonly why: EndReason;

  constructor(why: EndReason) {
    super(`the answer must end: ${why}`);
    this.why = why;
  }
}

/** Watches tokens while answers are given to their holders (law 3: running streams end). */
export interface TokenWatch {
  begin(accessToken: string, living: LivingToken): { readonly signal: AbortSignal; readonly end: () => void };
  /** Watches nothing any more. */
  close(): void;
}

export interface TokenWatchOptions {
  readonly streams?: StreamOptions;
  readonly server: Pick<AuthorizationServer, 'introspect'>;
  readonly feed: RevocationState;
  readonly clock: Clock;
  readonly monotonic: Clock;
  readonly timers: Timers;
}

/** One token, however many answers are given for it. */
interface Watched {
  readonly accessToken: string;
  readonly token: ActiveToken;
  readonly names: readonly TokenName[];
  readonly answers: Map<AbortController, number>;
  matches: readonly string[];
  confirmedAt: number;
  /** Something may have been missed, so the feed alone confirms nothing. */
  unsure: boolean;
}

/** The clocks of gateway and authorization server may differ: so near to its end a token may seem expired there. */
const skewSeconds = 10;

const defaults = { recheckSeconds: 5, unconfirmedSeconds: 15, afterExpirySeconds: 60, longestSeconds: 3600 };

export function createTokenWatch(options: TokenWatchOptions): TokenWatch {
  return new FedTokenWatch(options);
}

/** By the feed while it is heard; else by asking again and again. */
class FedTokenWatch implements TokenWatch {
  readonly #options: TokenWatchOptions;
  readonly #settings: typeof defaults;
  readonly #watched = new Map<string, Watched>();
  #callOff: (() => void) | undefined;

  constructor(options: TokenWatchOptions) {
    const { feed, streams } = options;
    this.#options = options;
    this.#settings = { ...defaults, ...streams };
    feed.listen({
      revoked: (match) => {
        for (const each of this.#watched.values()) {
          if (each.matches.includes(match)) this.#kill(each, 'revoked');
        }
      },
      // What happened meanwhile is not told, so it is asked.
      reset: () => {
        for (const each of this.#watched.values()) {
          each.matches = feed.matchesOf(each.names);
          this.#doubt(each);
        }
      },
    });
  }

  begin(accessToken: string, { token, mark }: LivingToken): { signal: AbortSignal; end: () => void } {
    const { feed, monotonic } = this.#options;
    const each = this.#watched.get(accessToken) ?? this.#meet(accessToken, token);
    const answer = new AbortController();
    each.answers.set(answer, monotonic.now());
    // Between the question and now the event may have come already.
    const met = feed.since(mark, each.matches);
    if (met === 'revoked') this.#kill(each, 'revoked');
    else if (met === 'unknown') this.#doubt(each);
    this.#plan();
    const end = (): void => {
      each.answers.delete(answer);
      if (each.answers.size === 0) this.#leave(each);
    };
    return { signal: answer.signal, end };
  }

  close(): void {
    this.#callOff?.();
    this.#watched.clear();
  }

  #meet(accessToken: string, token: ActiveToken): Watched {
    const { feed, monotonic } = this.#options;
    const names = namesOfToken(accessToken, token);
    const each: Watched = {
      accessToken,
      token,
      names,
      answers: new Map(),
      matches: feed.matchesOf(names),
      confirmedAt: monotonic.now(),
      unsure: false,
    };
    this.#watched.set(accessToken, each);
    return each;
  }

  #leave(each: Watched): void {
    if (this.#watched.get(each.accessToken) === each) this.#watched.delete(each.accessToken);
  }

  #kill(each: Watched, why: EndReason): void {
    this.#leave(each);
    for (const answer of each.answers.keys()) answer.abort(new TokenEnded(why));
  }

  #doubt(each: Watched): void {
    each.unsure = true;
    void this.#recheck(each);
  }

  #plan(): void {
    if (this.#watched.size === 0) return;
    this.#callOff ??= this.#options.timers.after(this.#settings.recheckSeconds * 1000, () => {
      this.#callOff = undefined;
      for (const each of this.#watched.values()) this.#look(each);
      this.#plan();
    });
  }

  #look(each: Watched): void {
    const { feed, monotonic } = this.#options;
    for (const [answer, since] of each.answers) {
      if (monotonic.now() - since <= this.#settings.longestSeconds * 1000) continue;
      each.answers.delete(answer);
      answer.abort(new TokenEnded('too_long'));
    }
    if (each.answers.size === 0) this.#leave(each);
    else if (feed.trusted && !each.unsure) each.confirmedAt = monotonic.now();
    else void this.#recheck(each);
  }

  async #recheck(each: Watched): Promise<void> {
    const { server, clock, monotonic } = this.#options;
    const { afterExpirySeconds, unconfirmedSeconds } = this.#settings;
    const unconfirmedFor = (): number => (monotonic.now() - each.confirmedAt) / 1000;
    // Of an expired token the authorization server says the same as of a revoked one (law 6), so it is not asked.
    if (clock.now() / 1000 > (each.token.expiresAt ?? Number.POSITIVE_INFINITY) - skewSeconds) {
      if (unconfirmedFor() > afterExpirySeconds) this.#kill(each, 'expired');
      return;
    }
    // Introspection knows no bearer credential of before: the feed alone confirms it.
    if (each.token.jkt === undefined) {
      if (unconfirmedFor() > unconfirmedSeconds) this.#kill(each, 'unconfirmed');
      return;
    }
    const answer = await server.introspect(each.accessToken);
    if (answer.ok && answer.value['active'] === true) {
      each.confirmedAt = monotonic.now();
      each.unsure = false;
    } else if (answer.ok) this.#kill(each, 'revoked');
    else if (unconfirmedFor() > unconfirmedSeconds) this.#kill(each, 'unconfirmed');
  }
}
