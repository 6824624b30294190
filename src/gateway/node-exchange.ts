import type { IncomingMessage, ServerResponse } from 'node:http';
import { accepted, refused, type Result } from '../lib/result.js';
import type { Answer, Visit, Watch } from './admission.js';
import { collectBody } from './bounded-body.js';
import { parseBody } from './model-call.js';
import type { GuardedRequest } from './proven-request.js';

/** A request of node:http, on its own or beneath a framework. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Path and query as the client sent them, where a framework has changed `request.url`. */
  readonly target?: string;
}

/** A request of node:http as the adapters see it. */
export function visitOf<Context>(
  { request, response, target = request.url ?? '' }: Exchange,
  context: Context,
): Visit<Context> {
  return { request: toGuardedRequest(request, target), context, gone: hangUpOf(response) };
}

/** The request as the guard wants it: fields that were sent twice stay two. */
export function toGuardedRequest(
  { method = '', rawHeaders }: IncomingMessage,
  target: string,
): GuardedRequest {
  const fields = (name: string): string[] =>
    rawHeaders.filter((_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === name);
  return { method, target, authorization: fields('authorization'), dpop: fields('dpop') };
}

/** The whole body of a request; refused, and the rest left unread, when it is longer than `limit` bytes. */
export async function readBoundedBody(request: IncomingMessage, limit: number): Promise<Result<Uint8Array>> {
  if (Number(request.headers['content-length'] ?? 0) > limit) {
    return refused('body_too_large', `The body is over ${limit} bytes.`);
  }
  // Not destroyed by leaving early: the refusal is still to be sent.
  return collectBody(request.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>, limit);
}

/** Where a framework keeps the body that it has read of a request. */
export interface BodyHolder {
  body?: unknown;
}

/**
 * The same where a parser of the framework may have read the body before: then what it made of it is what is judged, since
 * that is what will be served. Else it is read here, and left there for what comes after.
 */
export async function readHeldBody(
  request: IncomingMessage,
  holder: BodyHolder,
  limit: number,
): Promise<Result<Uint8Array>> {
  const { body: parsed } = holder;
  if (parsed !== undefined && request.readableEnded) return accepted(bytesOf(parsed));
  const body = await readBoundedBody(request, limit);
  Object.assign(holder, { body: body.ok ? parseBody(body.value) : undefined });
  return body;
}

function bytesOf(parsed: unknown): Uint8Array {
  if (parsed instanceof Uint8Array) return parsed;
  return new TextEncoder().encode(typeof parsed === 'string' ? parsed : JSON.stringify(parsed));
}

export function setHeaders(response: ServerResponse, headers: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
}

export function sendAnswer(response: ServerResponse, { status, headers, body }: Answer): void {
  setHeaders(response, headers);
  response.statusCode = status;
  response.end(body);
}

/** Law 3: an answer that still runs when its token is revoked ends. Listeners of the signal may say a last word. */
export function watchAnswer(response: ServerResponse, { revoked, end }: Watch): void {
  const hangUp = (): void => {
    setTimeout(() => {
      if (!response.writableEnded) response.destroy();
    });
  };
  if (response.destroyed) return end();
  if (revoked.aborted) hangUp();
  revoked.addEventListener('abort', hangUp);
  response.once('close', () => {
    revoked.removeEventListener('abort', hangUp);
    end();
  });
}

function hangUpOf(response: ServerResponse): AbortSignal {
  const hangUp = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) hangUp.abort();
  });
  return hangUp.signal;
}
