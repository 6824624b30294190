import type { ServerResponse } from 'node:http';
import { finished, Readable } from 'node:stream';
import { aliveEvent, helloEvent, lostEvent, resetEvent, revokedEvent } from './feed-event.js';
import { continues, resumes } from './log-position-policy.js';
import { longestReplay, longestStream, mostUnread, pageSize } from './feed-policy.js';
import type { FeedNews, RevocationFeed } from './revocation-feed.js';
import type { LogPosition, RevocationLogReader } from './revocation-log-store.js';

export interface StreamPorts {
  readonly feed: Pick<RevocationFeed, 'follow' | 'trusted'>;
  readonly log: RevocationLogReader;
  readonly elapsed: () => number;
}

export interface StreamOptions {
  readonly clientId: string;
  /** How far the feed was read when the stream began. */
  readonly from: LogPosition;
  /** What the resource server has heard last. */
  readonly heard: LogPosition | undefined;
  /** Ends the connection, whatever it still has to send. */
  readonly cut: () => void;
}

/**
 * The feed as one resource server hears it: what it has missed, then what comes. While the former is read, the latter
 * waits, so that everything comes once and in order.
 */
export class FeedStream extends Readable {
  readonly #ports: StreamPorts;
  readonly #options: StreamOptions;
  readonly #endsAt: number;
  readonly #unfollow: () => void;
  #held: FeedNews[] | undefined = [];
  #wanted = () => {};
  #over = false;
  /** The last sequence that was told, here or before. */
  #told: number;

  constructor(ports: StreamPorts, options: StreamOptions) {
    super({ highWaterMark: mostUnread });
    this.#ports = ports;
    this.#options = options;
    this.#told = options.from.sequence;
    this.#endsAt = ports.elapsed() + longestStream;
    this.#unfollow = ports.feed.follow((news) => this.#hear(news));
    void this.#begin();
  }

  override _read(): void {
    this.#wanted();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#unfollow();
    this.#wanted();
    done(error);
  }

  /** Ends with the response; also with one whose reader left while it was being authenticated, for it would hold a place for ever. */
  sendTo(response: ServerResponse): void {
    finished(response, () => void this.destroy());
    this.pipe(response);
  }

  /** Ends after what was said already. */
  finish(): void {
    this.#unfollow();
    if (!this.#over) this.push(null);
    this.#over = true;
  }

  async #begin(): Promise<void> {
    const { from, heard, cut } = this.#options;
    // Its id must not be ahead of what is still to come, for the connection may break in between.
    this.#say(helloEvent(resumes(heard, from) ? heard : from));
    try {
      await this.#catchUp();
    } catch {
      // The database is away. Nothing was skipped: who comes back asks for the same again.
      return cut();
    }
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const each of held) this.#hear(each);
    if (!this.#ports.feed.trusted) this.#say(lostEvent);
  }

  /** Tells what happened between what was heard and where the feed was, or to forget, where that is not known. */
  async #catchUp(): Promise<void> {
    const { from, heard } = this.#options;
    if (!resumes(heard, from)) return this.#say(resetEvent(from));
    this.#told = heard.sequence;
    do {
      const told = { ...from, sequence: this.#told };
      const { end, revocations } = await this.#ports.log.readAfter(told.sequence, pageSize);
      if (!continues(told, end, revocations)) {
        this.#told = from.sequence;
        return this.#say(resetEvent(from));
      }
      for (const each of revocations.filter(({ sequence }) => sequence <= from.sequence)) {
        this.#told = each.sequence;
        this.#say(revokedEvent(each, { ...from, sequence: each.sequence }));
      }
      await this.#drained();
    } while (this.#told < from.sequence && !this.destroyed);
  }

  async #drained(): Promise<void> {
    while (this.readableLength > 0 && !this.destroyed) {
      await new Promise<void>((resolve) => {
        this.#wanted = resolve;
      });
    }
  }

  #hear(news: FeedNews): void {
    if (this.#held) {
      this.#held.push(news);
      if (this.#held.length > longestReplay) this.#options.cut();
      return;
    }
    switch (news.kind) {
      case 'revoked':
        // Another node was ahead of us and has told it.
        if (news.at.sequence <= this.#told) return;
        this.#say(revokedEvent(news.revocation, news.at));
        // A client that was removed, or whose secret was, is no resource server any more.
        if (news.revocation.kind === 'client' && news.revocation.id === this.#options.clientId) this.finish();
        return;
      case 'alive':
        if (this.#ports.elapsed() >= this.#endsAt) return this.finish();
        if (news.at.sequence >= this.#told) this.#say(aliveEvent(news.at));
        return;
      case 'lost':
        return this.#say(lostEvent);
      case 'reset':
        // Who comes back begins with the new log's name: it can't miss it.
        this.#say(resetEvent(news.at));
        return this.finish();
    }
  }

  #say(text: string): void {
    if (text === '' || this.destroyed || this.#over) return;
    this.push(text);
    // Who reads too slowly must not fill our memory; it comes back and goes on where it was.
    if (this.readableLength > mostUnread) this.#options.cut();
  }
}
