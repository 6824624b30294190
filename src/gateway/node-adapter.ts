import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { accepted, refused, type Result } from '../lib/result.js';
import type { ActiveToken } from './active-token.js';
import { corsHeaders, preflightHeaders } from './cors.js';
import type { Allowed, AllowedCall, GuardedCall, Refused } from './decision.js';
import type { Guard } from './guard.js';
import type { GuardedRequest } from './proven-request.js';

export type ProtectedHandler = (
  request: IncomingMessage,
  response: ServerResponse,
  token: ActiveToken,
) => void | Promise<void>;

export interface RefusalOptions {
  /** Writes the body of a refusal; status and headers are set. Default: the JSON of the challenge. */
  readonly renderRefusal?: (response: ServerResponse, decision: Refused) => void;
  /** Told of what went wrong on our side; the client is told 500 and no more. */
  readonly onError?: (error: unknown, request: IncomingMessage) => void;
}

export interface ProtectOptions extends RefusalOptions {
  /** Every one of these scopes must be granted. */
  readonly scope?: readonly string[];
}

/** A listener for bare node:http that lets only allowed requests through to `handler`. */
export function protect(
  guard: Guard,
  handler: ProtectedHandler,
  { scope = [], ...options }: ProtectOptions = {},
): RequestListener {
  return listener(options, async (request, response) => {
    const decision = await guard.decide(toGuardedRequest(request), scope);
    if (pass(decision, response, options)) await handler(request, response, decision.token);
  });
}

export interface CallHandlers<Call extends GuardedCall> {
  /**
   * Reads the request's body (`readBoundedBody`) and says which model is called and what the call may cost at the most.
   * Asked only once token and proof are in order; refused with what is wrong with the request.
   */
  readonly read: (request: IncomingMessage) => Promise<Result<Call>>;
  /** Serves the allowed call: nothing may go upstream before. */
  readonly serve: (call: Call, response: ServerResponse, decision: AllowedCall) => void | Promise<void>;
}

/** A listener for bare node:http for calls of models: `read` what is called, ask, and only then `serve`. */
export function protectCalls<Call extends GuardedCall>(
  guard: Guard,
  { read, serve }: CallHandlers<Call>,
  options: RefusalOptions = {},
): RequestListener {
  return listener(options, async (request, response) => {
    let call: Result<Call> | undefined;
    const decision = await guard.authorizeCall(toGuardedRequest(request), async () => {
      call = await read(request);
      return call;
    });
    if (pass(decision, response, options) && call?.ok) await serve(call.value, response, decision);
  });
}

/** The whole body of a request; refused, and the rest left unread, when it is longer than `limit` bytes. */
export async function readBoundedBody(request: IncomingMessage, limit: number): Promise<Result<Buffer>> {
  const chunks: Buffer[] = [];
  let length = 0;
  // Not destroyed by leaving early: the refusal is still to be sent.
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > limit) return refused('body_too_large', `The body is over ${limit} bytes.`);
    chunks.push(chunk);
  }
  return accepted(Buffer.concat(chunks));
}

/** The request as the guard wants it: fields that were sent twice stay two. */
export function toGuardedRequest({ method = '', url = '', rawHeaders }: IncomingMessage): GuardedRequest {
  const fields = (name: string): string[] =>
    rawHeaders.filter((_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === name);
  return { method, target: url, authorization: fields('authorization'), dpop: fields('dpop') };
}

type Serve = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

function listener({ onError }: RefusalOptions, serve: Serve): RequestListener {
  return (request, response) => {
    setHeaders(response, corsHeaders);
    if (request.method === 'OPTIONS') {
      setHeaders(response, preflightHeaders);
      response.writeHead(204).end();
      return;
    }
    serve(request, response).catch((error: unknown) => {
      onError?.(error, request);
      if (response.headersSent) response.destroy();
      else response.writeHead(500, { 'content-type': 'application/json' }).end('{"error":"server_error"}');
    });
  };
}

/** Whether the request may be served; else it is answered here. */
function pass<Yes extends Allowed>(
  decision: Yes | Refused,
  response: ServerResponse,
  { renderRefusal = renderOAuthError }: RefusalOptions,
): decision is Yes {
  if (decision.allowed) {
    setHeaders(response, decision.headers);
    return true;
  }
  setHeaders(response, decision.challenge.headers);
  response.statusCode = decision.challenge.status;
  // What was not read can't be told from the next request.
  if (decision.challenge.status === 413) response.setHeader('connection', 'close');
  renderRefusal(response, decision);
  return false;
}

function setHeaders(response: ServerResponse, headers: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
}

function renderOAuthError(response: ServerResponse, { challenge }: Refused): void {
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(challenge.body));
}
