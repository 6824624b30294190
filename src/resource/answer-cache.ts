import { epochSeconds, type Clock } from '../lib/clock.js';
import type { IntrospectionFinding, RecentRevocations, RevokedThing } from './introspection-store.js';

interface KeptAnswer {
  readonly json: string;
  /** Of the token's row that it was made of. */
  readonly version: string;
  /** Seconds since the epoch. */
  readonly expiresAt: number;
  /** All that the token hangs on, as the log of revocations names it. */
  readonly hangsOn: readonly string[];
  /** The last revocation that it has seen. */
  readonly sequence: number;
}

export interface AnswerCacheOptions {
  readonly clock: Clock;
  /** Most answers; the oldest makes room. */
  readonly capacity: number;
}

/** Most revocations that are remembered one by one. */
const mostRevoked = 10_000;

/**
 * Positive answers of introspection. They are never trusted by themselves: each use first reads the token's row and how far the
 * log of revocations has come, by a statement that began after the question came. The row must be the one that the
 * answer was made of, and nothing that the token hangs on may stand in the log since. So a kept answer is as true as a fresh one
 * (law 3), on every node, with or without a feed; what it saves is the joins and the making.
 */
export class AnswerCache {
  readonly #clock: Clock;
  readonly #capacity: number;
  readonly #answers = new Map<string, KeptAnswer>();
  /** The last revocation of each thing, as far as answers are kept that may not have seen it. */
  readonly #revoked = new Map<string, number>();
  #sequence = 0;
  #feed: string | undefined;

  constructor({ clock, capacity }: AnswerCacheOptions) {
    this.#clock = clock;
    this.#capacity = capacity;
  }

  /** Up to here every revocation has been applied. */
  get sequence(): number {
    return this.#sequence;
  }

  /** Whether nothing was revoked since `sequence` of the log `feed` but what has been applied. */
  isAt({ sequence, feed }: Pick<RecentRevocations, 'sequence' | 'feed'>): boolean {
    return sequence === this.#sequence && feed === this.#feed;
  }

  get size(): number {
    return this.#answers.size;
  }

  /** An answer is one resource server's: what it may know, no other may. */
  key(caller: string, digest: string): string {
    return `${digest} ${caller}`;
  }

  /** Which row the answer was made of. */
  version(key: string): string | undefined {
    return this.#answers.get(key)?.version;
  }

  /** To be asked after `apply` of what was read after the question came. */
  get(key: string): string | undefined {
    const kept = this.#answers.get(key);
    if (!kept) return undefined;
    if (kept.expiresAt > epochSeconds(this.#clock) && !this.#isRevoked(kept)) return kept.json;
    this.#answers.delete(key);
    return undefined;
  }

  /** Notes what was revoked. */
  apply({ since, sequence, feed, revoked }: RecentRevocations): void {
    // Another log, or a count that is behind what it was asked for, is another database's: a backup was restored.
    const restored = feed !== this.#feed || sequence < since;
    if (sequence <= this.#sequence && !restored) return;
    // What was revoked between our place and where this begins is not told.
    if (revoked === undefined || restored || since > this.#sequence) this.#forgetAll();
    else this.#note(revoked, sequence);
    this.#sequence = sequence;
    this.#feed = feed;
  }

  /** Keeps an answer, unless something was applied already that it can't have seen. */
  keep(
    key: string,
    json: string | undefined,
    digest: string,
    { token, family, sequence, feed }: IntrospectionFinding,
  ): void {
    // An answer that ends with its grant or session would have to follow their ends.
    if (json === undefined || !token || !family?.ownEnd) return;
    if (feed !== this.#feed) this.#forgetAll();
    else if (sequence < this.#sequence) return;
    if (this.#answers.size === 0) {
      this.#revoked.clear();
      [this.#sequence, this.#feed] = [sequence, feed];
    }
    this.#answers.delete(key);
    const [oldest] = this.#answers.keys();
    if (this.#answers.size >= this.#capacity && oldest !== undefined) this.#answers.delete(oldest);
    const hangsOn = [
      `token ${digest}`,
      `client ${token.clientId}`,
      ...named('account', token.accountId),
      ...named('grant', family.grantId),
      ...named('session', family.sessionUid),
      ...named('device', family.deviceId),
      ...named('key', token.jkt ?? token.certificate),
    ];
    const { version } = family;
    this.#answers.set(key, { json, version, expiresAt: token.expiresAt, hangsOn, sequence });
  }

  #isRevoked({ hangsOn, sequence }: KeptAnswer): boolean {
    return this.#revoked.size > 0 && hangsOn.some((name) => (this.#revoked.get(name) ?? 0) > sequence);
  }

  #note(revoked: readonly RevokedThing[], sequence: number): void {
    for (const [kind, id] of revoked) this.#revoked.set(`${kind} ${id}`, sequence);
    if (this.#revoked.size > mostRevoked || revoked.some(([kind]) => kind === 'all')) this.#forgetAll();
  }

  #forgetAll(): void {
    this.#answers.clear();
    this.#revoked.clear();
  }
}

function named(kind: string, id: string | undefined): readonly string[] {
  return id === undefined ? [] : [`${kind} ${id}`];
}
