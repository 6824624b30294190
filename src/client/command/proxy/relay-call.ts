import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { createBoundFetch } from '../../bound-fetch.js';
import { ProviderUnreachable } from '../../client-error.js';
import { NotApproved } from '../person-answer.js';
import type { AskingOnce } from './asking-once.js';
import { fillerFor } from './call-shape.js';
import { headersToReturn, headersToSend } from './forwarded-headers.js';
import { HeldAnswer, type KeepAlive } from './held-answer.js';
import { mayRetry, refusalBody, type LocalRefusal } from './local-refusal.js';

export interface RelayOptions {
  readonly asking: AskingOnce;
  /** The resource: its path goes before that of the call. */
  readonly resource: string;
  readonly keepAlive: KeepAlive;
}

/** One call of a client that has been let in: to the resource with a proof, and its answer back. */
export async function relayCall(
  request: IncomingMessage,
  response: ServerResponse,
  body: Uint8Array<ArrayBuffer>,
  { asking, resource, keepAlive }: RelayOptions,
): Promise<void> {
  const url = addressAt(resource, request.url ?? '/');
  if (!url)
    return refuse(response, {
      status: 400,
      code: 'bad_target',
      message: 'This proxy leads to one resource.',
    });
  const held = new HeldAnswer(response, fillerFor(request.method, url.pathname, body), keepAlive);
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  const send = createBoundFetch({ login: asking.forCall(() => held.hold()) });
  try {
    const answer = await send(url, {
      method: request.method ?? 'GET',
      headers: headersToSend(request.headers),
      ...(body.length > 0 && { body }),
      signal: gone.signal,
    });
    await passOn(answer, response, held);
  } catch (error) {
    const begun = held.release();
    if (gone.signal.aborted) return;
    const refusal = refusalOf(error);
    if (!refusal) throw error;
    if (begun) held.fail(refusal);
    else refuse(response, refusal);
  }
}

/** `/v1/models` at `https://models.example/api/` is `https://models.example/api/v1/models`; undefined for what leads away. */
export function addressAt(resource: string, target: string): URL | undefined {
  const base = new URL(resource);
  const folder = base.pathname.replace(/\/(?:v1\/?)?$/, '');
  const text = `${base.origin}${folder}${target}`;
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  return url.origin === base.origin && url.pathname.startsWith(`${folder}/`) ? url : undefined;
}

async function passOn(answer: Response, response: ServerResponse, held: HeldAnswer): Promise<void> {
  const begun = held.release();
  const { status } = answer;
  if (begun && !answer.ok) {
    await answer.body?.cancel();
    const message = `The resource answered ${status} after your approval.`;
    return held.fail({ status, code: 'resource_refused', message });
  }
  if (!begun) {
    const retry = answer.headers.has('x-should-retry') || answer.ok || mayRetry(status) ? {} : notAgain;
    response.writeHead(status, { ...headersToReturn(answer.headers), ...retry, ...ours });
  }
  if (answer.body) await pipeline(answer.body, response);
  else response.end();
}

const notAgain = { 'x-should-retry': 'false' };
const ours = { 'cross-origin-resource-policy': 'same-origin', 'x-content-type-options': 'nosniff' };

export function refuse(response: ServerResponse, refusal: LocalRefusal): void {
  const text = refusalBody(refusal);
  response.writeHead(refusal.status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
    'x-should-retry': String(mayRetry(refusal.status)),
    ...ours,
  });
  response.end(text);
}

/** What is expected to go wrong; undefined for a bug of ours. */
function refusalOf(error: unknown): LocalRefusal | undefined {
  if (error instanceof NotApproved) {
    return { status: 403, code: `approval_${error.answer}`, message: error.message };
  }
  if (error instanceof ProviderUnreachable) {
    return {
      status: 503,
      code: 'provider_unreachable',
      message: 'The provider of the login does not answer.',
    };
  }
  // What `fetch` throws without an answer.
  if (error instanceof TypeError && error.cause !== undefined) {
    return { status: 503, code: 'resource_unreachable', message: 'The resource does not answer.' };
  }
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') {
    return { status: 403, code: error.code, message: error.message };
  }
  return undefined;
}
