import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { readSettings } from '../../src/gateway/standalone/read-settings.js';
import type { GatewaySecrets, GatewayWish } from '../../src/gateway/standalone/settings.js';
import { startStandaloneGateway, type StandaloneGateway } from '../../src/gateway/standalone/start.js';
import { newAccessToken } from '../../src/lib/opaque-token.js';
import { systemRandom } from '../../src/lib/random.js';
import { createLogger } from '../../src/observability/logger.js';
import { createProof, generateProofKey, type ProofKey } from '../../src/proof/create-proof.js';
import { fakeAuthorizationServer, type FakeAuthorizationServer } from './fake-authorization-server.js';
import type { FakeFeed } from './fake-feed.js';
import { FakeModelProvider } from './fake-model-provider.js';
import { manualClock, type ManualClock } from './manual-clock.js';

export interface Told {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
}

export interface Asking {
  readonly method?: string;
  readonly headers?: Record<string, string | string[]>;
  /** Sent as it is. */
  readonly body?: string | undefined;
  /** Instead of a good proof. */
  readonly proof?: string;
  /** Another gateway. */
  readonly at?: string;
}

type Headers = Record<string, string | string[]>;

export interface DeskWish {
  readonly wish?: Partial<GatewayWish>;
  readonly secrets?: Partial<GatewaySecrets>;
  readonly prices?: unknown;
  /** Of the authorization server; it is listened to before the desk is open. */
  readonly feed?: FakeFeed;
  /** What its clock says, in milliseconds. */
  readonly now?: number;
}

export const origin = 'https://models.example';
/** In a shape that is not known to anything that scrubs logs. */
export const providerKey = 'provider.key/4f9b1c7e2d8a+Zq0';

/** The standalone gateway between a provider of models and an authorization server by hand, and the holder of a token. */
export class StandaloneDesk {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'holdfast-standalone-'));
  readonly log: string[] = [];
  readonly clock: ManualClock;
  readonly issuer: FakeAuthorizationServer;
  readonly provider: FakeModelProvider;
  readonly key: ProofKey;
  readonly token: string;
  #gateway: StandaloneGateway | undefined;

  private constructor(parts: Pick<StandaloneDesk, 'clock' | 'issuer' | 'provider' | 'key'>) {
    this.clock = parts.clock;
    this.issuer = parts.issuer;
    this.provider = parts.provider;
    this.key = parts.key;
    this.token = newAccessToken(systemRandom, this.clock.now() / 1000 + 300);
  }

  static async open(wish: DeskWish = {}): Promise<StandaloneDesk> {
    const [issuer, provider, key] = await Promise.all([
      fakeAuthorizationServer(),
      FakeModelProvider.open(),
      generateProofKey('ES256', true),
    ]);
    const desk = new StandaloneDesk({ clock: manualClock(wish.now), issuer, provider, key });
    desk.decides({ decision: 'allow' });
    issuer.feed = wish.feed;
    await desk.#start(wish);
    // Begins with a question of its own, so that the feed is there when the test begins.
    while (wish.feed && !desk.gateway.guard.hearsFeed) await new Promise(setImmediate);
    return desk;
  }

  get gateway(): StandaloneGateway {
    if (!this.#gateway) throw new Error('the gateway is not started');
    return this.#gateway;
  }

  get address(): string {
    return `http://127.0.0.1:${this.gateway.port}`;
  }

  /** What the authorization server says of calls and of the token. */
  decides(answer: Record<string, unknown>, jkt = this.key.jkt): void {
    const introspection = {
      active: true,
      client_id: 'app',
      sub: 'person',
      aud: `${origin}/`,
      scope: 'model:call model:read',
      cnf: { jkt },
      token_type: 'DPoP',
    };
    this.issuer.answer = (response) => response.end(JSON.stringify(introspection));
    this.issuer.answerCall = (response) =>
      response.end(JSON.stringify({ call_id: `call_${this.issuer.calls.length}`, introspection, ...answer }));
  }

  write(name: string, content: string): string {
    const file = path.join(this.folder, name);
    writeFileSync(file, content, { mode: 0o600 });
    return file;
  }

  async proof(method: string, target: string, key = this.key, at = this.address): Promise<string> {
    const nonce = String((await this.send(target, { method, at })).headers['dpop-nonce']);
    const claims = { method, url: origin + target, accessToken: this.token, nonce };
    return createProof(key, claims, { clock: this.clock, random: systemRandom });
  }

  /** As the holder of the token should. */
  async call(target: string, body: unknown, asking: Asking = {}): Promise<Told> {
    const answer = await this.open(target, body, asking);
    return { status: answer.statusCode ?? 0, headers: answer.headers, text: await text(answer) };
  }

  /** The same, as its answer begins. */
  async open(target: string, body: unknown, asking: Asking = {}): Promise<IncomingMessage> {
    const method = asking.method ?? 'POST';
    const dpop = asking.proof ?? (await this.proof(method, target, this.key, asking.at));
    const written = body === undefined ? undefined : JSON.stringify(body);
    const sent = asking.body ?? written;
    return this.#request(target, method, {
      at: asking.at,
      headers: { authorization: `DPoP ${this.token}`, dpop, ...asking.headers },
      body: sent,
    });
  }

  /** Whatever it is. */
  async send(target: string, { method = 'GET', headers = {}, body, at }: Asking = {}): Promise<Told> {
    const answer = await this.#request(target, method, { at, headers, body });
    return { status: answer.statusCode ?? 0, headers: answer.headers, text: await text(answer) };
  }

  /** What was reported of calls, once it has arrived. */
  async reports(): Promise<readonly Readonly<Record<string, unknown>>[]> {
    await this.gateway.guard.usage.flush();
    return this.issuer.reports;
  }

  async close(): Promise<void> {
    await this.#gateway?.close();
    await Promise.all([this.provider.close(), this.issuer.close()]);
    rmSync(this.folder, { recursive: true, force: true });
  }

  async #request(
    target: string,
    method: string,
    {
      at = this.address,
      headers,
      body,
    }: { readonly at: string | undefined; readonly headers: Headers; readonly body: string | undefined },
  ): Promise<IncomingMessage> {
    const { hostname, port } = new URL(at);
    const sent = httpRequest({ hostname, port, path: target, method, headers, agent: false });
    sent.end(body);
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    return answer;
  }

  async #start({ wish = {}, secrets = {}, prices }: DeskWish): Promise<void> {
    const read = readSettings(
      {
        upstream: this.provider.url,
        issuer: this.issuer.issuer,
        resource: `${origin}/`,
        clientId: 'gateway',
        port: '0',
        managementPort: '0',
        drain: '0',
        ...(prices !== undefined && { prices: this.write('prices.json', JSON.stringify(prices)) }),
        ...wish,
      },
      { clientSecret: 'secret of the gateway', upstreamKey: providerKey, ...secrets },
    );
    if (!read.ok) throw new Error(read.problems.join('\n'));
    this.#gateway = await startStandaloneGateway(read.settings, {
      log: createLogger({ log_level: 'debug' }, { write: (line) => void this.log.push(line) }),
      clock: this.clock,
      random: systemRandom,
      secrets: { clientSecret: 'secret of the gateway', upstreamKey: providerKey, ...secrets },
      environment: {},
    });
  }
}
