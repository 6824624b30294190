import { randomUUID } from 'node:crypto';
import { CompactSign, exportJWK, generateKeyPair, type CryptoKey, type JWK } from 'jose';
import { createDeviceSessions, createMemoryStore } from '../../src/dbsc/index.js';
import type { DeviceSessionEvent, DeviceSessionOptions } from '../../src/dbsc/index.js';
import { bindSessions, proveDevice, type FetchServer } from '../../src/dbsc/fetch-adapter.js';
import { manualClock } from './manual-clock.js';

export const appOrigin = 'https://app.example';

/** An app whose sessions are bound: /login signs in, /pay wants a fresh proof, /logout ends, all else says how it stands. */
export function boundApp(options: Partial<DeviceSessionOptions> = {}) {
  const clock = manualClock();
  const events: DeviceSessionEvent[] = [];
  const store = createMemoryStore({ clock });
  const devices = createDeviceSessions({
    origin: appOrigin,
    key: Buffer.alloc(32, 1),
    exclude: ['/login', '/static'],
    onEvent: (event) => events.push(event),
    store,
    clock,
    ...options,
  });
  const session = (request: Request): string | undefined => readCookies(request)['sid'];
  const server: FetchServer = bindSessions(devices, { session }, async (request, device) => {
    const { pathname } = new URL(request.url);
    if (pathname === '/login') {
      const sid = randomUUID();
      device.offer(sid);
      return new Response(null, { headers: { 'set-cookie': `sid=${sid}; HttpOnly` } });
    }
    if (pathname === '/logout') await device.end();
    if (pathname === '/pay') return proveDevice(device) ?? new Response('paid');
    return new Response(device.state);
  });
  return { server, clock, events, store };
}

function readCookies(request: Request): Record<string, string> {
  const pairs = (request.headers.get('cookie') ?? '').split('; ').map((pair) => pair.split('='));
  return Object.fromEntries(pairs) as Record<string, string>;
}

type Fields = Readonly<Record<string, string>>;
type KeyPair = { readonly publicKey: CryptoKey; readonly privateKey: CryptoKey };

/** What a browser with a key does, step by step, so that each can go wrong. */
export class BoundBrowser {
  readonly cookies = new Map<string, string>();
  readonly #server: FetchServer;
  readonly #pair: KeyPair;
  /** What the server last asked to be signed. */
  challenge = '';
  sessionId = '';

  private constructor(server: FetchServer, pair: KeyPair) {
    this.#server = server;
    this.#pair = pair;
  }

  static async open(server: FetchServer): Promise<BoundBrowser> {
    return new BoundBrowser(server, await generateKeyPair('ES256', { extractable: true }));
  }

  /** Another client with the cookies of this one and a key of its own. */
  async robbed(): Promise<BoundBrowser> {
    const thief = await BoundBrowser.open(this.#server);
    for (const [name, value] of this.cookies) thief.cookies.set(name, value);
    thief.sessionId = this.sessionId;
    thief.challenge = this.challenge;
    return thief;
  }

  /** Signs in, and registers when asked to. */
  async signIn(): Promise<Response> {
    const offered = await this.send('/login', { method: 'POST' });
    const header = offered.headers.get('secure-session-registration') ?? '';
    this.challenge = /challenge="([^"]+)"/.exec(header)?.[1] ?? '';
    return this.register();
  }

  async register(challenge = this.challenge): Promise<Response> {
    const proof = await this.proofOfRegistration(challenge);
    return this.#exchange('/dbsc/register', { 'secure-session-response': proof });
  }

  async proofOfRegistration(challenge: string): Promise<string> {
    return this.sign({ jti: challenge }, { jwk: await exportJWK(this.#pair.publicKey) });
  }

  /** One try, without the repetition after a 403. */
  async refresh(challenge = this.challenge): Promise<Response> {
    return this.tryRefresh(await this.sign({ jti: challenge }));
  }

  async tryRefresh(proof?: string): Promise<Response> {
    const fields = proof === undefined ? {} : { 'secure-session-response': proof };
    return this.#exchange('/dbsc/refresh', { 'sec-secure-session-id': this.sessionId, ...fields });
  }

  async send(target: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers);
    const pairs = [...this.cookies].map(([name, value]) => `${name}=${value}`);
    if (pairs.length > 0) headers.set('cookie', pairs.join('; '));
    const answer = await this.#server(new Request(appOrigin + target, { ...init, headers }));
    for (const line of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (line.includes('Max-Age=0')) this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    return answer;
  }

  sign(claims: object, header: { readonly jwk?: JWK } = {}): Promise<string> {
    return new CompactSign(new TextEncoder().encode(JSON.stringify(claims)))
      .setProtectedHeader({ alg: 'ES256', typ: 'dbsc+jwt', ...header })
      .sign(this.#pair.privateKey);
  }

  async #exchange(target: string, headers: Fields): Promise<Response> {
    const answer = await this.send(target, { method: 'POST', headers });
    const asked = /^"([^"]+)";id="([^"]+)"$/.exec(answer.headers.get('secure-session-challenge') ?? '');
    if (asked?.[1] !== undefined && asked[2] !== undefined) [, this.challenge, this.sessionId] = asked;
    return answer;
  }
}
