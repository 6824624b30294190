import type { ServerResponse } from 'node:http';
import type { Filler } from './call-shape.js';
import { refusalBody, type LocalRefusal } from './local-refusal.js';

export interface KeepAlive {
  /** Milliseconds until a waiting stream begins: a quick no still has its own status. */
  readonly stream: number;
  /** The same of plain answers, whose clients wait longer and can't be told of a no afterwards. */
  readonly plain: number;
  /** Milliseconds between two signs of life. */
  readonly interval: number;
}

export const usualKeepAlive: KeepAlive = { stream: 5_000, plain: 30_000, interval: 10_000 };

const types = { 'event-stream': 'text/event-stream; charset=utf-8', json: 'application/json' };

/** An answer that waits for a person, and says so in a way that its client overlooks. */
export class HeldAnswer {
  readonly #response: ServerResponse;
  readonly #filler: Filler;
  readonly #keepAlive: KeepAlive;
  #timer: NodeJS.Timeout | undefined;
  #isHeld = false;

  constructor(response: ServerResponse, filler: Filler, keepAlive: KeepAlive) {
    this.#response = response;
    this.#filler = filler;
    this.#keepAlive = keepAlive;
  }

  /** Signs of life from now on, until `release`. */
  hold(): void {
    if (this.#isHeld || this.#filler === 'nothing') return;
    this.#isHeld = true;
    const { stream, plain } = this.#keepAlive;
    this.#timer = setTimeout(() => this.#sign(), this.#filler === 'event-stream' ? stream : plain);
  }

  /** Ends the signs. Whether the answer has begun, so that its status and headers are gone. */
  release(): boolean {
    clearTimeout(this.#timer);
    return this.#response.headersSent;
  }

  /** Ends an answer that has begun: in a stream by an error event, in JSON by breaking off, so that nobody takes it for one. */
  fail(refusal: LocalRefusal): void {
    if (this.#filler !== 'event-stream') return void this.#response.destroy();
    this.#response.end(`event: error\ndata: ${refusalBody(refusal)}\n\n`);
  }

  #sign(): void {
    const { interval } = this.#keepAlive;
    if (this.#response.destroyed || this.#filler === 'nothing') return;
    if (!this.#response.headersSent) {
      this.#response.writeHead(200, { 'content-type': types[this.#filler], 'cache-control': 'no-store' });
    }
    // WHATWG HTML §9.2.6: a line that begins with a colon is a comment; RFC 8259 §2: white space may stand before a value.
    this.#response.write(this.#filler === 'event-stream' ? ': waiting for your approval\n\n' : '\n');
    this.#timer = setTimeout(() => this.#sign(), interval);
  }
}
