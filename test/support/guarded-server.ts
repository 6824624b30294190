import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { request } from 'undici';
import {
  accepted,
  createGuard,
  protect,
  protectCalls,
  type Guard,
  type GuardedCall,
  type GuardOptions,
  type Result,
} from '../../src/gateway/index.js';
import type { GuardTime } from '../../src/gateway/guard.js';
import { newAccessToken } from '../../src/lib/opaque-token.js';
import { systemRandom } from '../../src/lib/random.js';
import { createProof, generateProofKey, type ProofKey } from '../../src/proof/create-proof.js';
import { fakeAuthorizationServer, type FakeAuthorizationServer } from './fake-authorization-server.js';
import { manualClock, type ManualClock } from './manual-clock.js';

export const target = '/v1/models?page=1';
const callTarget = '/v1/calls';

export interface Reply {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly body: string;
  /** The error of the challenge, if there is one. */
  readonly error: string | undefined;
}

type HeaderFields = Record<string, string | string[]>;

/** A resource server behind the guard, the authorization server that it asks, and the rightful holder of a token. */
export class GuardedServer {
  readonly clock: ManualClock;
  readonly provider: FakeAuthorizationServer;
  readonly key: ProofKey;
  readonly token: string;
  readonly origin: string;
  /** How many bodies of calls were read. */
  bodiesRead = 0;
  #guard: Guard;
  #server: Server | undefined;
  #address = '';

  private constructor(parts: Pick<GuardedServer, 'clock' | 'provider' | 'key' | 'origin'>) {
    this.clock = parts.clock;
    this.provider = parts.provider;
    this.key = parts.key;
    this.origin = parts.origin;
    this.token = newAccessToken(systemRandom, this.clock.now() / 1000 + 300);
    this.#guard = this.#newGuard();
  }

  static async start(origin = 'https://api.example', clock = manualClock()): Promise<GuardedServer> {
    const [provider, key] = await Promise.all([fakeAuthorizationServer(), generateProofKey()]);
    const server = new GuardedServer({ clock, provider, key, origin });
    server.introspectsAs({});
    await server.#listen();
    return server;
  }

  get resource(): string {
    return `${this.origin}/v1`;
  }

  /** What the provider says of the token, where it differs from alive, bound to the holder's key and for us. */
  introspectsAs(changes: Record<string, unknown>): void {
    const alive = { active: true, client_id: 'app', sub: 'person', aud: this.resource, scope: 'models:call' };
    const answer = { ...alive, cnf: { jkt: this.key.jkt }, token_type: 'DPoP', ...changes };
    this.provider.answer = (response) => response.end(JSON.stringify(answer));
    this.authorizesAs({ decision: 'allow', introspection: answer });
  }

  /** What the provider decides of a call. */
  authorizesAs(answer: Record<string, unknown>): void {
    this.provider.answerCall = (response) => response.end(JSON.stringify({ call_id: 'call_1', ...answer }));
  }

  /** Calls a model; its bytes go to the server only as far as it reads them. */
  async callModel(body: object, proof?: string, headers: HeaderFields = {}): Promise<Reply> {
    const dpop = proof ?? (await this.callProof(await this.nonce()));
    return this.#send(callTarget, 'POST', {
      body: JSON.stringify(body),
      headers: { authorization: `DPoP ${this.token}`, dpop, ...headers },
    });
  }

  callProof(nonce: string, key = this.key): Promise<string> {
    const claims = { method: 'POST', url: this.origin + callTarget, accessToken: this.token, nonce };
    return createProof(key, claims, { clock: this.clock, random: systemRandom });
  }

  call(headers: HeaderFields, method: 'GET' | 'OPTIONS' = 'GET'): Promise<Reply> {
    return this.#send(target, method, { headers });
  }

  async #send(
    path: string,
    method: 'GET' | 'POST' | 'OPTIONS',
    sent: { readonly headers: HeaderFields; readonly body?: string },
  ): Promise<Reply> {
    const response = await request(this.#address + path, { method, ...sent });
    const challenge = String(response.headers['www-authenticate']);
    const error = /^DPoP error="([^"]+)"/.exec(challenge)?.[1];
    const body = await response.body.text();
    return { status: response.statusCode, headers: response.headers, body, error };
  }

  /** Presents the token as it should be, with this proof. */
  bound(dpop: string | string[], token = this.token): Promise<Reply> {
    return this.call({ authorization: `DPoP ${token}`, dpop });
  }

  proof(nonce?: string, key = this.key, url = this.origin + target): Promise<string> {
    const claims = { method: 'GET', url, accessToken: this.token, ...(nonce !== undefined && { nonce }) };
    return createProof(key, claims, { clock: this.clock, random: systemRandom });
  }

  async nonce(): Promise<string> {
    return String((await this.call({})).headers['dpop-nonce']);
  }

  async restart(changes: Partial<GuardOptions> = {}, time?: GuardTime): Promise<void> {
    await this.#stop();
    this.#guard = this.#newGuard(changes, time);
    await this.#listen();
  }

  async close(): Promise<void> {
    await this.#stop();
    await this.provider.close();
  }

  get guard(): Guard {
    return this.#guard;
  }

  #newGuard(changes: Partial<GuardOptions> = {}, time?: GuardTime): Guard {
    const options = {
      issuer: this.provider.issuer,
      resource: this.resource,
      publicUrl: this.origin,
      clientId: 'gate way',
      clientSecret: 'se:cret%',
      clock: this.clock,
      timeoutMilliseconds: 300,
      ...changes,
    };
    return time === undefined ? createGuard(options) : createGuard(options, time);
  }

  async #listen(): Promise<void> {
    const greet = protect(
      this.#guard,
      (_, response, { token }) => void response.end(`hello ${token.subject}`),
      { scope: ['models:call'] },
    );
    const callModel = protectCalls(
      this.#guard,
      (_, response, { call, callId }) => void response.end(`${call.model} served for ${callId}`),
      { read: (body) => this.#readCall(body), longestBody: 1000 },
    );
    const server = createServer((incoming, response) =>
      (incoming.url === callTarget ? callModel : greet)(incoming, response),
    );
    this.#server = server;
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    this.#address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  #readCall(body: Uint8Array): Result<GuardedCall> {
    this.bodiesRead += 1;
    return accepted(JSON.parse(Buffer.from(body).toString()) as GuardedCall);
  }

  async #stop(): Promise<void> {
    await this.#guard.close();
    this.#server?.closeAllConnections();
    await new Promise((resolve) => (this.#server ? this.#server.close(resolve) : resolve(undefined)));
  }
}
