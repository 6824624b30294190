import type { IncomingMessage, ServerResponse } from 'node:http';
import { sha256 } from '../../src/lib/hashing.js';

/** The revocation feed of a `FakeAuthorizationServer`: says what the test says. */
export class FakeFeed {
  readonly id = 'feed-1';
  /** What the connections asked to go on from. */
  readonly resumed: (string | undefined)[] = [];
  /** Said at once to whoever connects. */
  greeting: () => unknown = () =>
    this.say('hello', { feed: this.id, heartbeat: 500 }).say('reset').say('alive');
  #response: ServerResponse | undefined;

  accept(request: IncomingMessage, response: ServerResponse): void {
    this.resumed.push(request.headers['last-event-id'] as string | undefined);
    this.#response = response;
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    this.greeting();
  }

  say(event: string, data: object = {}, id?: number): this {
    const name = id === undefined ? '' : `id: ${this.id}.${id}\n`;
    this.#response?.write(`event: ${event}\n${name}data: ${JSON.stringify(data)}\n\n`);
    return this;
  }

  revoked(of: 'sub' | 'client' | 'key' | 'token', value: string, id?: number): this {
    return this.say(
      'revoked',
      { of, match: sha256(`${this.id}\n${of}\n${value}`).toString('base64url') },
      id,
    );
  }

  /** Closes the connection after what was said. */
  end(): void {
    this.#response?.end();
  }

  cut(): void {
    this.#response?.destroy();
  }
}
