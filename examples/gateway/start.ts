import { createServer, type Server } from 'node:http';
import { createGuard, type GuardNotice, type StreamOptions } from '../../src/gateway/index.js';
import type { Clock } from '../../src/lib/clock.js';
import type { Random } from '../../src/lib/random.js';
import type { Logger } from '../../src/observability/logger.js';
import { echoBackend } from './echo-backend.js';
import { CallMeter, type Meter } from './meter.js';
import { createRoutes } from './routes.js';
import { upstreamBackend, type Upstream } from './upstream-backend.js';

export interface ExampleGatewayOptions {
  readonly port: number;
  readonly host: string;
  readonly issuer: string;
  /** The resource indicator; its origin is the address that clients call and that proofs must name. */
  readonly resource: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** An OpenAI-compatible API. Without it the built-in echo model answers. */
  readonly upstream?: Upstream | undefined;
  /** When running answers end. */
  readonly streams?: StreamOptions;
  /** Whether it listens to the revocation feed. Default true. */
  readonly feed?: boolean;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly random: Random;
}

export interface ExampleGateway {
  /** Where clients call it. */
  readonly url: string;
  readonly meter: Meter;
  /** Takes no new calls, lets running streams end for `drainMilliseconds`, then hangs up. */
  close(): Promise<void>;
}

const drainMilliseconds = 3000;

/** Starts the example gateway. Rejects with the error of `listen` when the port is taken. */
export async function startExampleGateway(options: ExampleGatewayOptions): Promise<ExampleGateway> {
  const { port, host, resource, upstream, logger, clock } = options;
  const publicUrl = new URL(resource).origin;
  const meter = new CallMeter();
  const onNotice = (notice: GuardNotice): void =>
    logger[notice.kind === 'feed_heard' ? 'info' : 'warn']({ notice }, 'the guard of the example gateway');
  const guard = createGuard({ ...options, publicUrl, onNotice });
  const backend =
    upstream === undefined ? echoBackend({ clock, meter }) : upstreamBackend({ ...upstream, logger, meter });

  const server = createServer({ requestTimeout: 30_000 }, createRoutes({ ...options, guard, backend }));
  await listen(server, port, host);
  return {
    url: publicUrl,
    meter,
    close: async () => {
      await drain(server);
      await guard.close();
    },
  };
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function drain(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const hangUp = setTimeout(() => server.closeAllConnections(), drainMilliseconds);
    server.close(() => {
      clearTimeout(hangUp);
      resolve();
    });
    server.closeIdleConnections();
  });
}
