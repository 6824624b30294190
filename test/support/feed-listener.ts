import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { secretOf } from './clients.js';
import { basic } from './device.js';

export interface FeedEvent {
  readonly name: string;
  readonly id: string;
  readonly data: Record<string, unknown>;
}

export interface FeedWish {
  /** The resource server that listens; null: nobody says who it is. */
  readonly as?: string | null;
  readonly lastEventId?: string | undefined;
}

/** Asks for the feed as it stands in docs/FEED.md, without any of our code. */
export function askForFeed(
  issuer: string,
  { as = 'rs-a', lastEventId }: FeedWish = {},
  signal?: AbortSignal,
): Promise<Response> {
  return fetch(`${issuer}/signals/revocations`, {
    headers: {
      ...(as === null ? {} : basic(as, secretOf(as))),
      ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
    },
    ...(signal ? { signal } : {}),
  });
}

/** A resource server that keeps what it hears. */
export class FeedListener {
  readonly events: FeedEvent[] = [];
  /** Everything as it came. */
  text = '';
  /** Resolves when the stream is over, whoever ended it. */
  readonly ended: Promise<void>;
  readonly response: Response;
  readonly #abort: AbortController;
  readonly #waiting = new Set<() => void>();
  #over = false;

  private constructor(response: Response, abort: AbortController) {
    this.response = response;
    this.#abort = abort;
    this.ended = this.#listen()
      .catch(() => {})
      .finally(() => {
        this.#over = true;
        this.#wake();
      });
  }

  static async open(issuer: string, wish: FeedWish = {}): Promise<FeedListener> {
    const abort = new AbortController();
    const response = await askForFeed(issuer, wish, abort.signal);
    assert.equal(response.status, 200, 'a node that has heard of the log once gives its feed');
    return new FeedListener(response, abort);
  }

  /** The first event from place `from` on that is wanted; waits for it. */
  async next(wanted: (event: FeedEvent) => boolean, from = 0): Promise<FeedEvent> {
    for (;;) {
      const found = this.events.slice(from).find(wanted);
      if (found) return found;
      if (this.#over) throw new Error(`the feed ended without it: ${this.text.slice(-500)}`);
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
    }
  }

  named(name: string, from = 0): Promise<FeedEvent> {
    return this.next((event) => event.name === name, from);
  }

  /** The revocation of something that is held, e.g. `('sub', accountId)`. */
  revoked(of: string, value: string, from = 0): Promise<FeedEvent> {
    return this.next(
      (event) => event.name === 'revoked' && event.data['match'] === matchOf(this.feed, of, value),
      from,
    );
  }

  get feed(): string {
    return String(this.events.find(({ name }) => name === 'hello')?.data['feed']);
  }

  async close(): Promise<void> {
    this.#abort.abort();
    await this.ended;
  }

  async #listen(): Promise<void> {
    const decoder = new TextDecoder();
    let rest = '';
    for await (const chunk of this.response.body ?? []) {
      const text = decoder.decode(chunk as Uint8Array, { stream: true });
      this.text += text;
      const parts = (rest + text).split('\n\n');
      rest = parts.pop() ?? '';
      this.events.push(...parts.map(readEvent));
      this.#wake();
    }
  }

  #wake(): void {
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }
}

/** docs/FEED.md: what a resource server makes of what it holds. */
export function matchOf(feed: string, of: string, value: string): string {
  return createHash('sha256').update(`${feed}\n${of}\n${value}`).digest('base64url');
}

function readEvent(text: string): FeedEvent {
  const fields = new Map(
    text.split('\n').map((line) => {
      const [name = '', ...value] = line.split(': ');
      return [name, value.join(': ')] as const;
    }),
  );
  return {
    name: fields.get('event') ?? 'message',
    id: fields.get('id') ?? '',
    data: JSON.parse(fields.get('data') ?? 'null') as Record<string, unknown>,
  };
}
