import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface ProviderRequest {
  readonly method: string;
  readonly url: string;
  /** As they came over the wire, in lower case. */
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** Stands for a provider of models on a real socket: keeps what it is asked, and answers what it is told to. */
export class FakeModelProvider {
  readonly seen: ProviderRequest[] = [];
  answer: (response: ServerResponse, request: ProviderRequest) => void = (response) =>
    json(response, { choices: [], usage: { prompt_tokens: 3, completion_tokens: 5 } });
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => void this.#serve(request, response));
  }

  static async open(): Promise<FakeModelProvider> {
    const provider = new FakeModelProvider();
    await new Promise<void>((resolve) => provider.#server.listen(0, '127.0.0.1', resolve));
    return provider;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** What it was asked last. */
  get last(): ProviderRequest {
    const last = this.seen.at(-1);
    if (!last) throw new Error('the provider was not asked');
    return last;
  }

  close(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => void this.#server.close(() => resolve()));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url = '', headers } = request;
    const asked = { method, url, headers, body: await text(request) };
    this.seen.push(asked);
    this.answer(response, asked);
  }
}

export function json(response: ServerResponse, value: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}

/** Events, each in a piece of its own. */
export function events(response: ServerResponse, all: readonly unknown[]): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  for (const each of all) response.write(eventOf(each));
  response.end();
}

export function eventOf(said: unknown): string {
  return `data: ${typeof said === 'string' ? said : JSON.stringify(said)}\n\n`;
}
