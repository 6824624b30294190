import type { RequestListener, Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Resolves with the port; rejects with the error of `listen`, when the port is taken say. */
export function listening(server: Server, { host, port }: Address): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

export interface Address {
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
}

/** Takes no new requests, lets the running ones end for so long, then hangs up. */
export function drained(server: Server, milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    const hangUp = setTimeout(() => server.closeAllConnections(), milliseconds);
    server.close(() => {
      clearTimeout(hangUp);
      resolve();
    });
    server.closeIdleConnections();
  });
}

/** `/healthz`: the process answers. `/readyz`: it can serve; else 503, and why. */
export function managementListener(whyNotReady: () => Promise<string | undefined>): RequestListener {
  return (request, response) => {
    const say = (status: number, state: object): void =>
      void response
        .writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' })
        .end(JSON.stringify(state));
    if (request.url === '/healthz') return say(200, { status: 'ok' });
    if (request.url !== '/readyz') return say(404, { error: 'not_found' });
    whyNotReady().then(
      (why) => (why === undefined ? say(200, { status: 'ready' }) : say(503, { status: why })),
      () => say(503, { status: 'not ready' }),
    );
  };
}
