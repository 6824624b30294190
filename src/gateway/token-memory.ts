import type { Clock } from '../lib/clock.js';
import { sha256 } from '../lib/hashing.js';
import type { ActiveToken } from './active-token.js';

/** What the authorization server last said of a token, and of calls with it. */
export interface KnownToken {
  readonly token: ActiveToken;
  /** Milliseconds since the epoch: when the question left. */
  readonly askedAt: number;
  /** Whether the revocation feed was heard all the while; else it is of use in an outage alone. */
  readonly watched: boolean;
  /** What the feed would call it. */
  readonly matches: readonly string[];
}

/** What was said of a call of a model that nothing was spent for. */
export interface KnownVerdict {
  readonly askedAt: number;
  readonly maxCost: number;
}

/** Whether what was said so long ago may still be gone by: never beyond the token's own end, nor if the clock was set back. */
export function isYoung(
  { token, askedAt }: Pick<KnownToken, 'token' | 'askedAt'>,
  seconds: number,
  clock: Clock,
): boolean {
  const age = clock.now() - askedAt;
  return age >= 0 && age < seconds * 1000 && clock.now() < (token.expiresAt ?? 0) * 1000;
}

/** The tokens that were used last, so many and no more. */
export interface TokenMemory {
  recall(accessToken: string): KnownToken | undefined;
  keep(accessToken: string, known: KnownToken): void;
  forget(accessToken: string): void;
  recallVerdict(accessToken: string, model: string): KnownVerdict | undefined;
  /** Kept for a token that is kept. */
  keepVerdict(accessToken: string, model: string, verdict: KnownVerdict): void;
  forgetVerdict(accessToken: string, model: string): void;
  /** Forgets every token of this match. */
  drop(match: string): void;
  clear(): void;
  readonly size: number;
}

interface Entry {
  readonly known: KnownToken;
  readonly verdicts: Map<string, KnownVerdict>;
}

const mostVerdicts = 64;

export function createTokenMemory(capacity: number): TokenMemory {
  const entries = new Map<string, Entry>();
  const byMatch = new Map<string, Set<string>>();

  const remove = (name: string): void => {
    const entry = entries.get(name);
    if (!entry) return;
    entries.delete(name);
    for (const match of entry.known.matches) {
      const names = byMatch.get(match);
      names?.delete(name);
      if (names?.size === 0) byMatch.delete(match);
    }
  };
  const put = (name: string, entry: Entry): void => {
    remove(name);
    entries.set(name, entry);
    for (const match of entry.known.matches) byMatch.set(match, (byMatch.get(match) ?? new Set()).add(name));
    const [oldest] = entries.keys();
    if (entries.size > capacity && oldest !== undefined) remove(oldest);
  };
  const verdictsOf = (accessToken: string): Map<string, KnownVerdict> | undefined =>
    entries.get(nameOf(accessToken))?.verdicts;

  return {
    get size() {
      return entries.size;
    },
    recall(accessToken) {
      const name = nameOf(accessToken);
      const entry = entries.get(name);
      if (!entry) return undefined;
      // Used last, so dropped last: a map gives its keys in the order in which they came.
      entries.delete(name);
      entries.set(name, entry);
      return entry.known;
    },
    keep: (accessToken, known) =>
      put(nameOf(accessToken), {
        known,
        verdicts: verdictsOf(accessToken) ?? new Map<string, KnownVerdict>(),
      }),
    forget: (accessToken) => remove(nameOf(accessToken)),
    recallVerdict: (accessToken, model) => verdictsOf(accessToken)?.get(model),
    keepVerdict(accessToken, model, verdict) {
      const verdicts = verdictsOf(accessToken);
      verdicts?.delete(model);
      verdicts?.set(model, verdict);
      const [oldest] = verdicts?.keys() ?? [];
      if (verdicts && verdicts.size > mostVerdicts && oldest !== undefined) verdicts.delete(oldest);
    },
    forgetVerdict: (accessToken, model) => void verdictsOf(accessToken)?.delete(model),
    drop: (match) => [...(byMatch.get(match) ?? [])].forEach(remove),
    clear: () => {
      entries.clear();
      byMatch.clear();
    },
  };
}

/** Not the token itself: what lies around longest should be worth least (law 7). */
function nameOf(accessToken: string): string {
  return sha256(accessToken).toString('base64url');
}
