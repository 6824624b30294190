import type { Logger } from '../observability/logger.js';
import { backOff, beat, connectPatience, longestSilence, pageSize, readPatience } from './feed-policy.js';
import { continues } from './log-position-policy.js';
import { within } from './within.js';
import type { LoggedRevocation, LogPage, LogPosition, RevocationLogStore } from './revocation-log-store.js';

/** What a follower of the feed is told, in this order for everybody. */
export type FeedNews =
  | { readonly kind: 'revoked'; readonly revocation: LoggedRevocation; readonly at: LogPosition }
  /** The log has just been read to its end: nothing that was revoked before is still to come. */
  | { readonly kind: 'alive'; readonly at: LogPosition }
  /** From here on something may be missing, until the next `alive`. */
  | { readonly kind: 'lost' }
  /** What was told before says nothing any more: another log, or a part of this one is gone. */
  | { readonly kind: 'reset'; readonly at: LogPosition };

export interface RevocationFeedPorts {
  readonly log: Pick<RevocationLogStore, 'listen'>;
  /** Milliseconds of a clock that nobody sets. */
  readonly elapsed: () => number;
  readonly logger: Pick<Logger, 'info' | 'warn'>;
}

/**
 * Follows the revocation log on a connection of its own. The notification is only the doorbell: what counts is reading the log
 * by sequence, after each ring, after each reconnect, and at each beat, on that same connection. So a bell that is never
 * heard costs half a second, and a connection that hangs is found out.
 */
export class RevocationFeed {
  readonly #ports: RevocationFeedPorts;
  readonly #followers = new Set<(news: FeedNews) => void>();
  readonly #ended: Promise<void>;
  #position: LogPosition | undefined;
  #connected = false;
  #confirmedAt = Number.NEGATIVE_INFINITY;
  #beatAt = Number.NEGATIVE_INFINITY;
  #rung = false;
  #wake = () => {};
  #abandon: (reason: unknown) => void = () => {};
  #closed = false;

  /** Begins at once, waits for nothing, and goes on until `close`. */
  constructor(ports: RevocationFeedPorts) {
    this.#ports = ports;
    this.#ended = this.#run();
  }

  /** Whether everything that was revoked two seconds ago has been told. */
  get trusted(): boolean {
    return this.#connected && this.silence <= longestSilence;
  }

  /** Milliseconds since the log was last known to be read to its end. */
  get silence(): number {
    return this.#ports.elapsed() - this.#confirmedAt;
  }

  /** How far the log was read; undefined before the first time. */
  get position(): LogPosition | undefined {
    return this.#position;
  }

  /** Tells `hear` all news from the present position on; returns how to stop. */
  follow(hear: (news: FeedNews) => void): () => void {
    this.#followers.add(hear);
    return () => void this.#followers.delete(hear);
  }

  /** Until the log was read for the first time, or for so many milliseconds. */
  async begun(patience: number): Promise<void> {
    if (this.#position) return;
    const alive = new Promise<void>((resolve) => {
      const stop = this.follow(() => {
        stop();
        resolve();
      });
    });
    await within(patience, alive).catch(() => {});
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#abandon(new Error('the feed is closed'));
    this.#wake();
    await this.#ended;
  }

  async #run(): Promise<void> {
    let failures = 0;
    while (!this.#closed) {
      try {
        await this.#followConnection(() => {
          failures = 0;
        });
      } catch (error) {
        if (this.#closed) return;
        this.#lose(error, failures);
        failures += 1;
        await this.#wait(backOff(failures));
      }
    }
  }

  /** Reads for as long as the connection holds; rejects when it is lost. */
  async #followConnection(holds: () => void): Promise<void> {
    const { log, elapsed } = this.#ports;
    const { lost, lose } = loss();
    this.#abandon = lose;
    const bell = { rung: () => this.#ring(), lost: lose };
    const connecting = within(connectPatience, log.listen(bell), (late) => void late.close());
    const connection = await Promise.race([lost, connecting]).catch((error: unknown) => {
      // Closed meanwhile: nobody else would end what still comes.
      connecting.then((late) => late.close()).catch(() => {});
      throw error;
    });
    try {
      while (!this.#closed) {
        this.#rung = false;
        const asked = elapsed();
        const after = this.#position?.sequence ?? Number.MAX_SAFE_INTEGER;
        const page = await Promise.race([lost, within(readPatience, connection.readAfter(after, pageSize))]);
        const atEnd = this.#take(page);
        if (!atEnd) continue;
        holds();
        this.#confirm(asked);
        if (!this.#rung)
          await Promise.race([lost, this.#wait(Math.min(beat, this.#beatAt + beat - elapsed()))]);
      }
    } finally {
      connection.close().catch(() => {});
    }
  }

  /** True when it was the end of the log. */
  #take({ end, revocations }: LogPage): boolean {
    const before = this.#position;
    if (before && !continues(before, end, revocations)) {
      this.#position = end;
      this.#tell({ kind: 'reset', at: end });
      return true;
    }
    for (const revocation of revocations) {
      const at = { feed: end.feed, sequence: revocation.sequence };
      this.#position = at;
      this.#tell({ kind: 'revoked', revocation, at });
    }
    this.#position ??= end;
    return this.#position.sequence === end.sequence;
  }

  #confirm(asked: number): void {
    const { logger } = this.#ports;
    if (!this.#connected) logger.info({ position: this.#position }, 'the revocation feed is followed');
    this.#connected = true;
    this.#confirmedAt = asked;
    if (asked < this.#beatAt + beat || !this.#position) return;
    this.#beatAt = asked;
    this.#tell({ kind: 'alive', at: this.#position });
  }

  #lose(error: unknown, failures: number): void {
    this.#beatAt = Number.NEGATIVE_INFINITY;
    this.#connected = false;
    if (failures > 0) return;
    this.#ports.logger.warn({ err: error }, 'the revocation feed was lost: caches are not trusted');
    this.#tell({ kind: 'lost' });
  }

  #tell(news: FeedNews): void {
    for (const hear of this.#followers) hear(news);
  }

  #ring(): void {
    this.#rung = true;
    this.#wake();
  }

  /** Until the bell rings, or for so many milliseconds. */
  #wait(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, Math.max(0, milliseconds));
      timer.unref();
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
      if (this.#closed) this.#wake();
    });
  }
}

function loss(): { readonly lost: Promise<never>; readonly lose: (error: unknown) => void } {
  let lose: (error: unknown) => void = () => {};
  const lost = new Promise<never>((_, reject) => {
    lose = reject;
  });
  // Nobody may be waiting just then.
  lost.catch(() => {});
  return { lost, lose };
}
