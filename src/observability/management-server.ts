import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Readiness } from './health.js';
import type { Logger } from './logger.js';
import type { Metrics } from './metrics.js';

export interface ManagementServer {
  readonly port: number;
  close(): Promise<void>;
}

export interface ManagementOptions {
  readonly host: string;
  /** 0 for any free one. */
  readonly port: number;
  readonly metrics: Pick<Metrics, 'render'>;
  readonly readiness: () => Promise<Readiness>;
  readonly logger: Logger;
}

/** Serves /metrics, /healthz (the process runs) and /readyz (it can take requests) on a port of their own. */
export async function startManagementServer(options: ManagementOptions): Promise<ManagementServer> {
  const { host, port, metrics, readiness, logger } = options;
  const answer = async (method: string, path: string, response: ServerResponse) => {
    if (method !== 'GET' && method !== 'HEAD') return send(response, 405, 'text/plain', 'GET only\n');
    switch (path) {
      case '/metrics':
        return send(response, 200, 'text/plain; version=0.0.4; charset=utf-8', await metrics.render());
      case '/healthz':
        return send(response, 200, 'text/plain', 'ok\n');
      case '/readyz': {
        const state = await readiness();
        const { ready, database, draining, pendingMigrations, configRefused, feed } = state;
        const body = {
          ready,
          database,
          draining,
          pending_migrations: pendingMigrations,
          config_refused: configRefused,
          feed,
        };
        return send(response, ready ? 200 : 503, 'application/json', `${JSON.stringify(body)}\n`);
      }
      default:
        return send(response, 404, 'text/plain', 'try /metrics, /healthz or /readyz\n');
    }
  };
  const server = createServer({ headersTimeout: 5000, requestTimeout: 10_000 }, (request, response) => {
    request.resume();
    const [path = '/'] = (request.url ?? '/').split('?');
    answer(request.method ?? 'GET', path, response).catch((error: unknown) => {
      logger.error({ err: error }, 'the management port could not answer');
      if (!response.headersSent) send(response, 500, 'text/plain', 'failed; see the log\n');
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, {
    'content-type': type,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  response.end(response.req.method === 'HEAD' ? undefined : body);
}
