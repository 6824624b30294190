import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Random } from '../../lib/random.js';
import { corsHeaders } from '../cors.js';
import { sendAnswer } from '../node-exchange.js';
import type { GatewayLog } from './gateway-log.js';
import { drained, listening, managementListener, type Address } from './listening.js';
import { plainRefusal } from './plain-refusal.js';

/** One of the addresses that the standalone gateway serves; the first whose path fits has the request. */
export interface Route {
  /** @param path of the request line, without its query, exactly as it came: nothing is decoded or made shorter */
  readonly matches: (path: string) => boolean;
  readonly serve: (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;
}

export interface GatewayServerOptions {
  readonly listen: Address;
  /** `/healthz` and `/readyz`. Unset: none. */
  readonly management?: Address;
  readonly routes: readonly Route[];
  /** What keeps it from serving, while it is not draining. */
  readonly whyNotReady?: () => Promise<string | undefined>;
  readonly log: GatewayLog;
  readonly random: Random;
  /** For how long running answers may go on at the end. */
  readonly drainMilliseconds: number;
}

export interface GatewayServer {
  readonly port: number;
  readonly managementPort: number | undefined;
  close(): Promise<void>;
}

/** A head in half a minute, a whole request in ten: large bodies come over slow lines. Answers may take as long as they do. */
const limits = { headersTimeout: 30_000, requestTimeout: 600_000, keepAliveTimeout: 65_000 };

/** Rejects with the error of `listen`, when a port is taken say. */
export async function startGatewayServer(options: GatewayServerOptions): Promise<GatewayServer> {
  const { routes, log, random, management, drainMilliseconds } = options;
  let draining = false;

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    response.setHeader('x-request-id', random.bytes(12).toString('base64url'));
    response.setHeader('x-content-type-options', 'nosniff');
    if (draining) response.setHeader('connection', 'close');
    const path = (request.url ?? '').replace(/\?.*$/s, '');
    const route = routes.find(({ matches }) => matches(path));
    if (route) return route.serve(request, response);
    sendAnswer(response, plainRefusal('not_found', corsHeaders));
  };
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    serve(request, response).catch((error: unknown) => {
      log.error({ err: error, request_id: response.getHeader('x-request-id') }, 'the gateway failed');
      if (response.headersSent) response.destroy();
      else sendAnswer(response, plainRefusal('server_error', corsHeaders));
    });
  };
  const server = createServer(limits, listener);
  // RFC 9110 §10.1.1: whoever reads the body says go on, once it is known that the body is wanted.
  server.on('checkContinue', listener);
  const port = await listening(server, options.listen);

  const whyNotReady = async (): Promise<string | undefined> =>
    draining ? 'draining' : options.whyNotReady?.();
  const inner = management && createServer(managementListener(whyNotReady));
  let managementPort: number | undefined;
  try {
    if (inner) managementPort = await listening(inner, management);
  } catch (error) {
    await drained(server, 0);
    throw error;
  }
  return {
    port,
    managementPort,
    close: async () => {
      draining = true;
      await drained(server, drainMilliseconds);
      if (inner) await drained(inner, 0);
    },
  };
}
