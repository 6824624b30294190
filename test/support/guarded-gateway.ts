import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createGuard, protect, type GuardOptions } from '../../src/gateway/index.js';
import type { Clock } from '../../src/lib/clock.js';
import { gatewayA, secretOf } from './clients.js';
import type { Answer } from './device.js';
import { sendAsIs } from './raw-request.js';

export interface GuardedGateway {
  /** The address that proofs must name. */
  readonly callUrl: string;
  /** Calls it with these headers; it answers `{ served: true }`. */
  call(headers: Record<string, string | string[]>): Promise<Answer>;
  /** Its nonce of the moment. */
  nonce(): Promise<string>;
  close(): Promise<void>;
}

export interface GatewayWish {
  readonly issuer: string;
  readonly clock: Clock;
  readonly resource?: string;
  readonly clientId?: string;
  /** Default: the client's secret, in remote mode. */
  readonly more?: Partial<GuardOptions>;
}

/** A resource server behind the real guard, which asks the server under test about tokens. */
export async function startGuardedGateway(wish: GatewayWish): Promise<GuardedGateway> {
  const { issuer, clock, resource = gatewayA, clientId = 'rs-a' } = wish;
  const publicUrl = new URL(resource).origin;
  const guard = createGuard({
    issuer,
    resource,
    publicUrl,
    clientId,
    clock,
    ...(wish.more ?? { clientSecret: secretOf(clientId) }),
  });
  const server = createServer(protect(guard, (_, response) => void response.end('{"served":true}')));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const target = '/v1/models';
  const local = `http://127.0.0.1:${(server.address() as AddressInfo).port}${target}`;
  const call = (headers: Record<string, string | string[]>) => sendAsIs(local, { headers });
  return {
    callUrl: publicUrl + target,
    call,
    nonce: async () => (await call({})).headers.get('dpop-nonce') ?? '',
    close: async () => {
      await guard.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
