import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createGuard, readModelCall, type Guard, type GuardOptions } from '../../src/gateway/index.js';
import { protect, protectCalls } from '../../src/gateway/node-adapter.js';
import { accessTokenHash } from '../../src/proof/thumbprint.js';
import type { ProofKey } from '../../src/proof/create-proof.js';
import { gatewayA, secretOf } from './clients.js';
import type { Answer } from './device.js';
import { craftProof } from './hand-made-proof.js';
import { sendAsIs } from './raw-request.js';

/** The two ways through a guard: an endpoint without a model, and a call of one. */
export const ways = {
  list: { method: 'GET', path: '/v1/models' },
  call: { method: 'POST', path: '/v1/chat' },
} as const;
export type Way = keyof typeof ways;

export interface Holder {
  readonly key: ProofKey;
  readonly token: string;
}

type Headers = Record<string, string | string[]>;

/** A resource server behind the real guard in front of the server under test; both ways want `model:call` unless told otherwise. */
export class TwoWayGateway {
  readonly guard: Guard;
  readonly #origin: string;
  readonly #address: string;
  readonly #close: () => Promise<unknown>;

  private constructor(guard: Guard, origin: string, address: string, close: () => Promise<unknown>) {
    this.guard = guard;
    this.#origin = origin;
    this.#address = address;
    this.#close = close;
  }

  static async start(
    options: Pick<GuardOptions, 'issuer' | 'mode' | 'clock'> &
      Partial<GuardOptions> & { readonly scope?: readonly string[] },
  ): Promise<TwoWayGateway> {
    const { resource = gatewayA, clientId = 'rs-a', scope = ['model:call'], ...rest } = options;
    const origin = new URL(resource).origin;
    const secret = rest.clientKey ? {} : { clientSecret: secretOf(clientId) };
    const guard = createGuard({ resource, clientId, ...secret, publicUrl: origin, ...rest });
    const list = protect(guard, (_, response) => void response.end('{"served":true}'), { scope });
    const read = readModelCall({ scope, maxCost: 10 });
    const call = protectCalls(guard, (_, response) => void response.end('{"served":true}'), { read });
    const server = createServer((request, response) =>
      (request.url === ways.call.path ? call : list)(request, response),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return new TwoWayGateway(guard, origin, address, async () => {
      await guard.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    });
  }

  send(way: Way, headers: Headers): Promise<Answer> {
    const { method, path } = ways[way];
    const body = way === 'call' ? { body: JSON.stringify({ model: 'echo' }) } : {};
    return sendAsIs(this.#address + path, { method, headers, ...body });
  }

  /** As the holder of a token should, with this proof. */
  present(way: Way, token: string, dpop: string | string[], more: Headers = {}): Promise<Answer> {
    return this.send(way, { authorization: `DPoP ${token}`, dpop, ...more });
  }

  /** What a proof for a request of this way says; the nonce that is asked for is in it. */
  async claims(way: Way, { key, token }: Holder): Promise<Record<string, unknown>> {
    const { method, path } = ways[way];
    const claims = { htm: method, htu: this.#origin + path, ath: accessTokenHash(token) };
    const { headers } = await this.present(way, token, await craftProof(key, claims));
    return { ...claims, nonce: headers.get('dpop-nonce') ?? undefined };
  }

  /** A good request. */
  async use(way: Way, holder: Holder, changes: Record<string, unknown> = {}): Promise<Answer> {
    const claims = await this.claims(way, holder);
    return this.present(way, holder.token, await craftProof(holder.key, { ...claims, ...changes }));
  }

  async close(): Promise<void> {
    await this.#close();
  }
}
