import { createHash, createPrivateKey, createPublicKey } from 'node:crypto';
import { EventEmitter, on } from 'node:events';
import * as http from 'node:http';
import * as https from 'node:https';
import type { AddressInfo } from 'node:net';
import { localhostCertificate } from './localhost-certificate.js';

/** What came through the door, once it is answered. */
export interface Passage {
  /** `GET /account 200`: method, path without its query, status. */
  readonly line: string;
  readonly url: URL;
  readonly request: http.IncomingMessage['headers'];
  readonly response: http.IncomingMessage['headers'];
}

/** Answers in place of the server behind. */
export type InPlace = (response: http.ServerResponse) => void;

/**
 * Where browsers find a server: it ends their TLS and passes everything on to whichever server is behind, as a load balancer
 * does. It writes down what came, also what the browser asked of its own, of which no page and no developer tool knows.
 */
export class FrontDoor {
  readonly passages: Passage[] = [];
  /** Base address of the server behind, asked for each request; undefined: there is none. */
  behind: (path: string) => string | undefined = () => undefined;
  /** By path. */
  readonly inPlace = new Map<string, InPlace>();
  /** Done before the answer with this line is passed on. */
  readonly meanwhile = new Map<string, () => void>();
  readonly #news = new EventEmitter();
  readonly #scheme: 'http' | 'https';
  readonly #server: http.Server;
  readonly #agents = {
    'http:': new http.Agent({ keepAlive: true }),
    'https:': new https.Agent({ keepAlive: true, ca: localhostCertificate.cert, servername: 'localhost' }),
  };

  private constructor(scheme: 'http' | 'https') {
    this.#scheme = scheme;
    const listener: http.RequestListener = (request, response) => {
      const { pathname } = new URL(request.url ?? '/', this.origin);
      const answer = this.inPlace.get(pathname);
      if (answer) answer(response);
      else this.#passOn(request, response, pathname);
    };
    this.#server =
      scheme === 'http' ? http.createServer(listener) : https.createServer(localhostCertificate, listener);
  }

  static async open(scheme: 'http' | 'https' = 'https'): Promise<FrontDoor> {
    const door = new FrontDoor(scheme);
    await new Promise<void>((resolve) => door.#server.listen(0, '127.0.0.1', resolve));
    return door;
  }

  get origin(): string {
    return `${this.#scheme}://localhost:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Their lines, without those that only make a page look well. */
  get lines(): string[] {
    return this.passages.map(({ line }) => line).filter((line) => !/ \/(assets|favicon)/.test(line));
  }

  /** Forgets what came so far. */
  forget(): void {
    this.passages.length = 0;
  }

  /** The first that fits, also of those that came already. */
  async passage(fits: RegExp, patience = 10_000): Promise<Passage> {
    const find = () => this.passages.find(({ line }) => fits.test(line));
    const known = find();
    if (known) return known;
    try {
      for await (const _ of on(this.#news, 'passage', { signal: AbortSignal.timeout(patience) })) {
        const found = find();
        if (found) return found;
      }
    } catch (cause) {
      throw new Error(`no passage like ${fits}, but\n${this.lines.join('\n')}`, { cause });
    }
    throw new Error('the door is closed');
  }

  /** What another client than a browser is answered. */
  statusOf(path: string, headers: Record<string, string>): Promise<number | undefined> {
    const { request: send } = this.#scheme === 'https' ? https : http;
    return new Promise((resolve, reject) => {
      send(`${this.origin}${path}`, { headers, agent: this.#agents[`${this.#scheme}:`] }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      })
        .on('error', reject)
        .end();
    });
  }

  async close(): Promise<void> {
    for (const agent of Object.values(this.#agents)) agent.destroy();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #passOn(request: http.IncomingMessage, response: http.ServerResponse, path: string): void {
    const base = this.behind(path);
    if (base === undefined) return void response.writeHead(503).end('away');
    const { protocol, hostname, port } = new URL(base);
    const { request: send } = protocol === 'https:' ? https : http;
    const { method, headers, url = '/' } = request;
    const onward = send(
      { method, headers, path: url, hostname, port, agent: this.#agents[protocol as 'http:' | 'https:'] },
      (answer) => {
        const line = `${method} ${path} ${answer.statusCode}`;
        const here = new URL(url, this.origin);
        this.passages.push({ line, url: here, request: headers, response: answer.headers });
        this.#news.emit('passage');
        this.meanwhile.get(line)?.();
        response.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
        answer.pipe(response);
      },
    );
    onward.on('error', () =>
      response.headersSent ? response.destroy() : response.writeHead(502).end('away'),
    );
    response.on('close', () => onward.destroy());
    request.pipe(onward);
  }
}

const publicKey = createPublicKey(createPrivateKey(localhostCertificate.key));

/** Chromium then takes our certificate as if an authority had signed it; any other way around it turns DBSC off. */
export const trustsOurCertificate = `--ignore-certificate-errors-spki-list=${createHash('sha256')
  .update(publicKey.export({ type: 'spki', format: 'der' }))
  .digest('base64')}`;
