import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { freePort } from '../../examples/support/free-port.js';
import { placedModels } from '../../examples/support/placed-models.js';
import { readSettings } from '../../src/gateway/standalone/read-settings.js';
import { startStandaloneGateway, type StandaloneGateway } from '../../src/gateway/standalone/start.js';
import type { ProxyName } from '../../src/gateway/authz/proxies.js';
import { systemRandom } from '../../src/lib/random.js';
import { createLogger } from '../../src/observability/logger.js';
import { createProof, generateProofKey, type ProofKey } from '../../src/proof/create-proof.js';
import { gatewayA, secretOf } from './clients.js';
import { toAnswer, type Answer } from './device.js';
import type { Holdfast } from './harness.js';
import { giveApproval, mintToken, storeCaller } from './model-caller.js';

type Fields = Record<string, string | string[]>;

/** What a proxy is started with, real or played. */
export interface ProxyPlace {
  readonly port: number;
  readonly gatewayPort: number;
  readonly modelsPort: number;
  readonly secret: string;
}

export interface ProxiedModelsWish {
  readonly holdfast: Holdfast;
  readonly proxy: ProxyName;
  readonly start: (place: ProxyPlace) => Promise<{ close(): Promise<void> }>;
}

export const proxySecret = '7c1f0b5e9d2a4486b3c0e1d7f6a59384';

/** Models behind a proxy, the gateway that the proxy asks, the provider that the gateway asks, and who calls the models. */
export class ProxiedModels {
  readonly log: string[] = [];
  readonly origin: string;
  readonly place: ProxyPlace;
  readonly key: ProofKey;
  readonly #holdfast: Holdfast;
  readonly #gateway: StandaloneGateway;
  readonly #models: Server;
  #proxy: { close(): Promise<void> } | undefined;
  #nonce: string | undefined;

  private constructor(
    holdfast: Holdfast,
    place: ProxyPlace,
    parts: { readonly gateway: StandaloneGateway; readonly models: Server; readonly key: ProofKey },
    log: string[],
  ) {
    this.#holdfast = holdfast;
    this.place = place;
    this.origin = `http://localhost:${place.port}`;
    this.#gateway = parts.gateway;
    this.#models = parts.models;
    this.key = parts.key;
    this.log = log;
  }

  static async start({ holdfast, proxy, start }: ProxiedModelsWish): Promise<ProxiedModels> {
    const log: string[] = [];
    const [port, key] = await Promise.all([freePort(), generateProofKey()]);
    const models = placedModels().listen(0, '127.0.0.1');
    await once(models, 'listening');
    const secrets = { clientSecret: secretOf('rs-a'), upstreamKey: undefined, authzSecret: proxySecret };
    const wish = { issuer: holdfast.issuer, resource: gatewayA, clientId: 'rs-a', authz: proxy };
    const numbers = { port: '0', managementPort: '0', drain: '0' };
    const read = readSettings({ ...wish, ...numbers, publicUrl: `http://localhost:${port}` }, secrets);
    if (!read.ok) throw new Error(read.problems.join('\n'));
    const gateway = await startStandaloneGateway(read.settings, {
      log: createLogger({ log_level: 'debug' }, { write: (line) => void log.push(line) }),
      clock: holdfast.clock,
      random: systemRandom,
      secrets,
      environment: {},
    });
    const modelsPort = (models.address() as AddressInfo).port;
    const place = { port, gatewayPort: gateway.port, modelsPort, secret: proxySecret };
    const proxied = new ProxiedModels(holdfast, place, { gateway, models, key }, log);
    proxied.#proxy = await start(place);
    return proxied;
  }

  /** A token of a person who has approved this many calls of dear models. */
  async token({ approved = 0, scope = 'model:call model:read' } = {}): Promise<string> {
    const { jkt } = this.key;
    const family = await storeCaller(this.#holdfast);
    const approvals = await Promise.all(
      [approved].filter(Boolean).map((count) => giveApproval(this.#holdfast, family, { count }, { jkt })),
    );
    const granted = approvals.map((each) => each.granted);
    return mintToken(this.#holdfast, family, { jkt, scope, approvals: granted });
  }

  proof(method: string, target: string, token: string, key = this.key): Promise<string> {
    const nonce = this.#nonce === undefined ? {} : { nonce: this.#nonce };
    const claims = { method, url: this.origin + target, accessToken: token, ...nonce };
    return createProof(key, claims, { clock: this.#holdfast.clock, random: systemRandom });
  }

  /** As a client should: with a proof for this request, and once more with the nonce that it was told. */
  async call(target: string, token: string, asked: object | undefined, more: Fields = {}): Promise<Answer> {
    const method = asked === undefined ? 'GET' : 'POST';
    const send = async (): Promise<Answer> => {
      const dpop = await this.proof(method, target, token);
      return this.send(target, asked, { authorization: `DPoP ${token}`, dpop, ...more });
    };
    const answer = await send();
    this.#nonce = answer.headers.get('dpop-nonce') ?? this.#nonce;
    return answer.body['error'] === 'use_dpop_nonce' ? send() : answer;
  }

  /** Whatever it is, at a path that nobody has put right. */
  async send(target: string, asked: object | undefined, headers: Fields): Promise<Answer> {
    const method = asked === undefined ? 'GET' : 'POST';
    const type: Fields = asked === undefined ? {} : { 'content-type': 'application/json' };
    const host = `localhost:${this.place.port}`;
    const sent = httpRequest({
      host: '127.0.0.1',
      port: this.place.port,
      path: target,
      method,
      headers: { host, ...type, ...headers },
      agent: false,
    });
    sent.end(asked && JSON.stringify(asked));
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    const fields = Object.entries(answer.headersDistinct).flatMap(([name, values = []]) =>
      values.map((value): [string, string] => [name, value]),
    );
    return toAnswer(answer.statusCode ?? 0, new Headers(fields), await text(answer));
  }

  /** From now on nobody answers at /authz. */
  stopGateway(): Promise<void> {
    return this.#gateway.close();
  }

  async close(): Promise<void> {
    await this.#proxy?.close();
    await this.#gateway.close();
    this.#models.closeAllConnections();
    await new Promise((resolve) => this.#models.close(resolve));
  }
}
