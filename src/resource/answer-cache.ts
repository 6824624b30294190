import { epochSeconds, type Clock } from '../lib/clock.js';
import type { IntrospectionFinding, RecentRevocations } from './introspection-store.js';

interface KeptAnswer {
  readonly json: string;
  /** Seconds since the epoch. */
  readonly expiresAt: number;
  /** All that the token hangs on, as the log of revocations names it. */
  readonly hangsOn: readonly string[];
}

export interface AnswerCacheOptions {
  readonly clock: Clock;
  /** Most answers; the oldest makes room. */
  readonly capacity: number;
}

/**
 * Positive answers of introspection. They are never trusted by themselves: each use first asks the database what was
 * revoked since (`sequence`), by a statement that began after the question came. So a kept answer is as true as a fresh
 * one (law 3), on every node, with or without a feed; what it saves is the joins.
 */
export class AnswerCache {
  readonly #clock: Clock;
  readonly #capacity: number;
  readonly #answers = new Map<string, KeptAnswer>();
  /** Keys of the answers by what they hang on. */
  readonly #hanging = new Map<string, Set<string>>();
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

  get size(): number {
    return this.#answers.size;
  }

  /** An answer is one resource server's: what it may know, no other may. */
  key(caller: string, digest: Buffer): string {
    return `${digest.toString('base64')} ${caller}`;
  }

  has(key: string): boolean {
    return this.#answers.has(key);
  }

  /** To be asked after `apply` of what was read after the question came. */
  get(key: string): string | undefined {
    const kept = this.#answers.get(key);
    if (!kept) return undefined;
    if (kept.expiresAt > epochSeconds(this.#clock)) return kept.json;
    this.#drop(key);
    return undefined;
  }

  /** Forgets what hangs on anything that was revoked. */
  apply({ since, sequence, feed, revoked }: RecentRevocations): void {
    // Another log, or a count that is behind what it was asked for, is another database's: a backup was restored.
    const restored = feed !== this.#feed || sequence < since;
    if (sequence <= this.#sequence && !restored) return;
    // What was revoked between our place and where this begins is not told.
    if (revoked === undefined || restored || since > this.#sequence) this.#forgetAll();
    else
      revoked.forEach(([kind, id]) => (kind === 'all' ? this.#forgetAll() : this.#revoke(`${kind} ${id}`)));
    this.#sequence = sequence;
    this.#feed = feed;
  }

  /** Keeps an answer, unless something was applied already that it can't have seen. */
  keep(
    key: string,
    json: string | undefined,
    digest: Buffer,
    { token, family, sequence, feed }: IntrospectionFinding,
  ): void {
    // An answer that ends with its grant or session would have to follow their ends.
    if (json === undefined || !token || !family?.ownEnd) return;
    if (feed !== this.#feed) this.#forgetAll();
    else if (sequence < this.#sequence) return;
    if (this.#answers.size === 0) [this.#sequence, this.#feed] = [sequence, feed];
    this.#drop(key);
    const [oldest] = this.#answers.keys();
    if (this.#answers.size >= this.#capacity && oldest !== undefined) this.#drop(oldest);
    const hangsOn = [
      `token ${digest.toString('hex')}`,
      `client ${token.clientId}`,
      ...named('account', token.accountId),
      ...named('grant', family.grantId),
      ...named('session', family.sessionUid),
      ...named('device', family.deviceId),
      ...named('key', token.jkt ?? token.certificate),
    ];
    this.#answers.set(key, { json, expiresAt: token.expiresAt, hangsOn });
    for (const name of hangsOn) {
      const keys = this.#hanging.get(name);
      if (keys) keys.add(key);
      else this.#hanging.set(name, new Set([key]));
    }
  }

  #revoke(name: string): void {
    for (const key of this.#hanging.get(name) ?? []) this.#drop(key);
  }

  #drop(key: string): void {
    const kept = this.#answers.get(key);
    if (!kept) return;
    this.#answers.delete(key);
    for (const name of kept.hangsOn) {
      const keys = this.#hanging.get(name);
      keys?.delete(key);
      if (keys?.size === 0) this.#hanging.delete(name);
    }
  }

  #forgetAll(): void {
    this.#answers.clear();
    this.#hanging.clear();
  }
}

function named(kind: string, id: string | undefined): readonly string[] {
  return id === undefined ? [] : [`${kind} ${id}`];
}
