import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Config } from '../config/schema.js';
import type { Clock } from '../lib/clock.js';
import type { Random } from '../lib/random.js';
import type { Refusal } from '../lib/refusal.js';
import { BatchFull, DatabaseUnavailable } from '../lib/unavailable.js';
import type { Logger } from '../observability/logger.js';
import type { Metrics } from '../observability/metrics.js';
import type { RefusalLog } from '../observability/refusal-log.js';
import { Arrival } from './arrival.js';
import { createAddressReader } from './client-address.js';
import { createCertificateReader, type CertificateReader } from './client-certificate.js';
import { inspectHeaders, pinHeaders } from './inbound-headers.js';
import type { Lanes } from './lane.js';
import { answerBrokenRequests } from './broken-requests.js';
import { spendBudgets } from './budgets.js';
import { createListener, renewCertificate, type TlsFiles } from './listener.js';
import { createOriginChoice } from './own-origin.js';
import { makeReadableAgain, readBody } from './read-body.js';
import type { RateLimiter } from './rate-limit.js';
import type { AnswerRefusal } from './refusal-answer.js';
import { inspectTarget, methods } from './request-target.js';
import { createRequestIds, keepRequestContext } from './request-context.js';
import { routeOf } from './routes.js';
import { createSecurityHeaders } from './security-headers.js';

export type RequestHandler = (request: IncomingMessage, response: ServerResponse) => unknown;

export interface FrontOptions {
  readonly config: Pick<Config, 'issuer' | 'limits' | 'trusted_proxies' | 'mtls'>;
  /** Unset: plain HTTP, for a proxy on this machine or for development. */
  readonly tls?: TlsFiles | undefined;
  /** Asked for each request, because a change of keys swaps it. Usually Koa's callback. */
  readonly handler: () => RequestHandler;
  /** Short ways, before the handler. */
  readonly lanes?: Lanes;
  readonly answer: AnswerRefusal;
  readonly limiter: RateLimiter;
  readonly refusalLog: Pick<RefusalLog, 'note'>;
  readonly metrics: Pick<Metrics, 'requestFinished'>;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly random: Random;
}

export interface Front {
  readonly server: Server;
  /** Listens; 0 takes any free port. Rejects with the system's error (EADDRINUSE). */
  listen(host: string, port: number): Promise<number>;
  /** Presents this certificate from the next handshake on; nothing where it speaks plain HTTP. */
  renewTls(tls: TlsFiles): void;
  /** Takes no new connection, lets running requests end, and after `patience` milliseconds cuts the rest. */
  drain(patience: number): Promise<void>;
}

const mostDiscarded = 1_048_576;
const closing = ['connection', 'close'];

/**
 * The edge: what every request goes through before Koa sees it. It pins the host, drops headers by which an outsider
 * could pretend to be our proxy, names the request, limits rate and size, and sets the headers of every answer.
 */
export function createFront(options: FrontOptions): Front {
  const { config, clock, random, logger } = options;
  const addressOf = createAddressReader(config.trusted_proxies);
  const nextId = createRequestIds(random);
  const headersOf = createSecurityHeaders(new URL(config.issuer));
  const askForCertificate = config.mtls.certificates_from === 'tls';
  const state = { draining: false };

  const passing: Passing = {
    ...options,
    certificateOf: createCertificateReader(config),
    originOf: createOriginChoice(config),
  };

  const server = createListener(options.tls, askForCertificate, (request, response) => {
    const path = pathOf(request.url);
    const facts = {
      requestId: nextId(),
      clientAddress: addressOf(request.socket.remoteAddress, joined(request.headers['x-forwarded-for'])),
      path,
      startedAt: clock.now(),
    };
    const common = headersOf(path);
    const arrival = new Arrival(request, response, facts, state.draining ? [...common, ...closing] : common);
    response.on('close', () => measure(arrival, response, options));
    passOn(arrival, passing).catch((error: unknown) => {
      if (request.destroyed && !request.complete) return;
      const refusal = refusalOf(error);
      if (refusal.code === 'server_error') {
        logger.error({ err: error, request_id: arrival.requestId }, 'the front failed');
      }
      reject(arrival, refusal, options);
    });
  });
  // 0: all are counted, none silently left out; inspectHeaders refuses too many.
  server.maxHeadersCount = 0;
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  answerBrokenRequests(server);

  return {
    server,
    listen: (host, port) =>
      new Promise((resolve, rejectListen) => {
        server.once('error', rejectListen);
        server.listen(port, host, () => {
          server.off('error', rejectListen);
          resolve((server.address() as AddressInfo).port);
        });
      }),
    renewTls: (tls) => renewCertificate(server, tls, askForCertificate),
    drain: (patience) =>
      new Promise((resolve) => {
        state.draining = true;
        const cut = setTimeout(() => server.closeAllConnections(), patience);
        server.close(() => {
          clearTimeout(cut);
          resolve();
        });
        server.closeIdleConnections();
        // Opened ahead of need, as browsers do: to node they are not idle, for their first request may be on its way.
        for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy();
      }),
  };
}

interface Passing extends FrontOptions {
  readonly certificateOf: CertificateReader;
  readonly originOf: ReturnType<typeof createOriginChoice>;
}

async function passOn(arrival: Arrival, options: Passing): Promise<void> {
  const { request, requestId, clientAddress, startedAt } = arrival;
  const target = inspectTarget(request);
  if (!target.ok) return reject(arrival, target.refusal, options);
  const headers = inspectHeaders(request, options.config.limits.proof_bytes);
  if (!headers.ok) return reject(arrival, headers.refusal, options);
  const certificate = options.certificateOf(request);
  if (!certificate.ok) return reject(arrival, certificate.refusal, options);
  const spent = spendBudgets(options.limiter, arrival.path, clientAddress);
  if (spent) return reject(arrival, spent, options);
  const body = await readBody(request, options.config.limits.body_bytes);
  if (!body.ok) return reject(arrival, body.refusal, options);

  arrival.body = body.value;
  const lane = request.method === 'POST' ? options.lanes?.get(arrival.path) : undefined;
  if (lane && (await lane(arrival))) return;
  pinHeaders(request, options.originOf(request, arrival.path), clientAddress);
  makeReadableAgain(request, body.value);
  const known = { requestId, clientAddress, startedAt, certificate: certificate.value };
  keepRequestContext(request, { ...known, body: body.value });
  await options.handler()(request, arrival.response);
}

/** What a lane or the handler failed with. */
function refusalOf(error: unknown): Refusal {
  if (error instanceof BatchFull) {
    const { message: detail, limit } = error;
    return { code: 'too_many_waiting', detail, ...(limit !== undefined && { limit }) };
  }
  if (error instanceof DatabaseUnavailable) return { code: 'database_unavailable' };
  // What a lane asks oidc-provider for fails in oidc-provider’s words.
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error ? refusalOf(cause) : { code: 'server_error' };
}

function reject(arrival: Arrival, refusal: Refusal, options: FrontOptions): void {
  const { request, response, requestId, path } = arrival;
  const method = request.method ?? '';
  options.refusalLog.note(refusal, { requestId, method, path });
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const answer = options.answer(refusal, { requestId, path, headers: request.headers });
  response.writeHead(answer.status, {
    ...answer.headers,
    'content-length': Buffer.byteLength(answer.body),
    ...(answer.status === 405 ? { allow: methods.join(', ') } : {}),
  });
  response.end(method === 'HEAD' ? undefined : answer.body);
  if (!request.complete) discardRest(request);
}

/** A client reads our answer only when it may finish sending; but not for ever. */
function discardRest(request: IncomingMessage): void {
  let discarded = 0;
  request.on('data', (chunk: Buffer) => {
    discarded += chunk.length;
    if (discarded > mostDiscarded) request.destroy();
  });
  request.on('error', () => {});
  request.resume();
}

function measure(
  { request, path, startedAt, requestId }: Arrival,
  response: ServerResponse,
  options: FrontOptions,
): void {
  const seconds = Math.max(0, options.clock.now() - startedAt) / 1000;
  const method = methods.includes(request.method ?? '') ? (request.method ?? '') : 'other';
  const route = routeOf(path);
  const status = response.writableFinished ? response.statusCode : 499;
  options.metrics.requestFinished({ method, route, status, seconds });
  options.logger.debug({ method, route, status, seconds, request_id: requestId }, 'request');
}

function joined(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value.join(',') : value;
}

function pathOf(target = ''): string {
  const query = target.indexOf('?');
  return query < 0 ? target : target.slice(0, query);
}
