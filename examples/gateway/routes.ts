import type { RequestListener, ServerResponse } from 'node:http';
import {
  accepted,
  corsHeaders,
  resourceMetadata,
  resourceMetadataUrl,
  type CallAdmission,
  type Guard,
  type Refused,
  type Result,
} from '../../src/gateway/index.js';
import { protect, protectCalls, type NodeContext, type NodeHandler } from '../../src/gateway/node-adapter.js';
import { isLoopbackHost } from '../../src/lib/hosts.js';
import { refusals } from '../../src/lib/refusal.js';
import type { Random } from '../../src/lib/random.js';
import type { Logger } from '../../src/observability/logger.js';
import { errorBody, sendError, sendJson } from './answers.js';
import type { Backend, PricedCall } from './backend.js';

export interface RouteOptions {
  readonly guard: Guard;
  readonly backend: Backend;
  readonly issuer: string;
  readonly resource: string;
  readonly logger: Logger;
  readonly random: Random;
}

const scopes = { read: 'model:read', call: 'model:call' };

interface Route {
  readonly method: string;
  readonly serve: RequestListener;
}

/** The whole of the example: two protected calls, the resource's metadata and a greeting. */
export function createRoutes(options: RouteOptions): RequestListener {
  const { guard, backend, issuer, resource, logger, random } = options;
  const onError = (error: unknown): void => logger.error({ err: error }, 'the example gateway failed');
  const guarded = { renderRefusal: refusalBody(options), onError };
  const metadata = resourceMetadata({
    issuer,
    resource,
    scope: Object.values(scopes),
    name: 'Example model gateway',
  });

  const serve: NodeHandler<CallAdmission<PricedCall>> = async (_, response, { call, callId, signal }) => {
    const spent = await call.answer(response, signal);
    // Sent soon, with others; nobody waits for it.
    void guard.usage.report({ callId, ...spent });
  };

  const routes = new Map<string, Route>([
    [
      '/v1/models',
      get(
        protect(guard, (_, response, { signal }) => backend.models(response, signal), {
          ...guarded,
          scope: [scopes.read],
        }),
      ),
    ],
    ['/v1/chat/completions', post(protectCalls(guard, serve, { ...guarded, read: readChat }))],
    [
      new URL(resourceMetadataUrl(resource)).pathname,
      get((_, response) => {
        // Browser apps begin here, too.
        for (const [name, value] of Object.entries(corsHeaders)) response.setHeader(name, value);
        sendJson(response, 200, metadata);
      }),
    ],
    ['/', get((_, response) => greet(response, issuer))],
  ]);

  function readChat(body: Uint8Array): Result<PricedCall> {
    const call = backend.read(new TextDecoder().decode(body));
    return call.ok ? accepted({ ...call.value, scope: [scopes.call] }) : call;
  }

  return (request, response) => {
    response.setHeader('x-request-id', random.bytes(12).toString('base64url'));
    response.setHeader('x-content-type-options', 'nosniff');
    const route = routes.get((request.url ?? '').replace(/\?.*$/s, ''));
    if (!route) {
      return sendError(response, {
        status: 404,
        code: 'not_found',
        message: 'There is nothing at this address.',
      });
    }
    if (request.method !== route.method && request.method !== 'OPTIONS') {
      response.setHeader('allow', `${route.method}, OPTIONS`);
      const message = `This address takes ${route.method}.`;
      return sendError(response, { status: 405, code: 'method_not_allowed', message });
    }
    route.serve(request, response);
  };
}

const get = (serve: RequestListener): Route => ({ method: 'GET', serve });
const post = (serve: RequestListener): Route => ({ method: 'POST', serve });

/**
 * Tells the log the reason in full, and the developer too where the issuer is on this machine (law 8). What a client can
 * do something about keeps the body of the challenge as docs/CALLS.md has it; the rest gets OpenAI's shape.
 */
function refusalBody({ issuer, logger }: RouteOptions) {
  const explain = isLoopbackHost(new URL(issuer).hostname);
  return ({ refusal, challenge }: Refused, { response }: NodeContext): object => {
    const { code, detail } = refusal;
    const { status, error, description, body } = challenge;
    const request_id = response.getHeader('x-request-id');
    const facts = { request_id, refusal: code, detail, status };
    if (status >= 500) logger.warn(facts, 'call refused');
    else logger.info(facts, 'call refused');
    // Of a request that can't be read, the detail is a sentence of ours for whoever wrote it, and all there is to say.
    const forAsker = askersFault.has(status) ? detail : undefined;
    const hint =
      explain && forAsker === undefined
        ? { hint: [detail, refusals[code].help].filter(Boolean).join('. ') }
        : {};
    if (challenges.has(error)) return { ...body, request_id, ...hint };
    return errorBody(response, { status, code: error, message: forAsker ?? description, ...hint });
  };
}

/** RFC 9470 §3, and ours. */
const challenges = new Set(['insufficient_user_authentication', 'insufficient_authorization_details']);
const askersFault = new Set([400, 404, 413]);

function greet(response: ServerResponse, issuer: string): void {
  response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' });
  response.end(`An example model gateway, guarded by ${issuer}.\nTry: npm run example:cli -- "hello"\n`);
}
