import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { ActiveToken } from './active-token.js';
import { corsHeaders, preflightHeaders } from './cors.js';
import type { Decision, Guard, GuardedRequest } from './guard.js';

export type ProtectedHandler = (
  request: IncomingMessage,
  response: ServerResponse,
  token: ActiveToken,
) => void | Promise<void>;

export type RefusedDecision = Extract<Decision, { allowed: false }>;

export interface ProtectOptions {
  /** Every one of these scopes must be granted. */
  readonly scope?: readonly string[];
  /** Writes the body of a refusal; status and headers are set. Default: OAuth's JSON. */
  readonly renderRefusal?: (response: ServerResponse, decision: RefusedDecision) => void;
  /** Told of what went wrong on our side; the client is told 500 and no more. */
  readonly onError?: (error: unknown, request: IncomingMessage) => void;
}

/** A listener for bare node:http that lets only allowed requests through to `handler`. */
export function protect(
  guard: Guard,
  handler: ProtectedHandler,
  { scope = [], renderRefusal = renderOAuthError, onError }: ProtectOptions = {},
): RequestListener {
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    setHeaders(response, corsHeaders);
    if (request.method === 'OPTIONS') {
      setHeaders(response, preflightHeaders);
      response.writeHead(204).end();
      return;
    }
    const decision = await guard.decide(toGuardedRequest(request), scope);
    if (decision.allowed) {
      setHeaders(response, decision.headers);
      await handler(request, response, decision.token);
      return;
    }
    setHeaders(response, decision.challenge.headers);
    response.statusCode = decision.challenge.status;
    renderRefusal(response, decision);
  };

  return (request, response) => {
    serve(request, response).catch((error: unknown) => {
      onError?.(error, request);
      if (response.headersSent) response.destroy();
      else response.writeHead(500, { 'content-type': 'application/json' }).end('{"error":"server_error"}');
    });
  };
}

/** The request as the guard wants it: fields that were sent twice stay two. */
export function toGuardedRequest({ method = '', url = '', rawHeaders }: IncomingMessage): GuardedRequest {
  const fields = (name: string): string[] =>
    rawHeaders.filter((_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === name);
  return { method, target: url, authorization: fields('authorization'), dpop: fields('dpop') };
}

function setHeaders(response: ServerResponse, headers: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
}

function renderOAuthError(response: ServerResponse, { challenge }: RefusedDecision): void {
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ error: challenge.error, error_description: challenge.description }));
}
