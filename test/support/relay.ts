import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Visit, Visitor } from './visitor.js';

/**
 * An adversary in the middle: a login page at another address that passes everything on to the real one and back. To
 * the real server it is a browser of its own (`browser`), which has whatever was signed in through it.
 */
export class Relay {
  readonly browser = new Visitor();
  /** Addresses of apps that the real server would have sent the victim to. */
  readonly caught: URL[] = [];
  readonly #issuer: string;
  readonly #host: string;
  readonly #server: Server;

  private constructor(issuer: string, host: string) {
    this.#issuer = issuer;
    this.#host = host;
    this.#server = createServer((request, response) => {
      void this.#passOn(request).then((visit) => {
        response.statusCode = visit.status;
        response.setHeader('content-type', visit.headers.get('content-type') ?? 'text/html');
        const onward = this.#onward(visit);
        if (onward !== undefined) response.setHeader('location', onward);
        response.end(visit.text.replaceAll(this.#issuer, this.origin));
      });
    });
  }

  /** @param host a name of the loopback */
  static async start(issuer: string, host = '127.0.0.1'): Promise<Relay> {
    const relay = new Relay(issuer, host);
    await new Promise<void>((resolve) => relay.#server.listen(0, '127.0.0.1', resolve));
    return relay;
  }

  get origin(): string {
    return `http://${this.#host}:${(this.#server.address() as AddressInfo).port}`;
  }

  /** The real server's address as the victim sees it. */
  here(url: string): string {
    return url.replace(this.#issuer, this.origin);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #passOn(request: IncomingMessage): Promise<Visit> {
    const url = `${this.#issuer}${request.url}`;
    if (request.method !== 'POST') return this.browser.get(url);
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString();
    return request.headers['content-type']?.includes('json')
      ? this.browser.postJson(url, JSON.parse(body) as object)
      : this.browser.post(url, Object.fromEntries(new URLSearchParams(body)));
  }

  #onward({ location }: Visit): string | undefined {
    if (location === undefined || location.startsWith(this.#issuer)) return location && this.here(location);
    this.caught.push(new URL(location));
    return `${this.origin}/`;
  }
}
