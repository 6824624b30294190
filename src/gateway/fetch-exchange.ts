import { accepted, refused, type Result } from '../lib/result.js';
import type { Answer, Verdict, Visit, Watch } from './admission.js';
import { collectBody } from './bounded-body.js';

/** A request of the Fetch standard as the adapters see it. Fields that were sent twice come joined, and so are refused. */
export function visitOf<Context>(request: Request, context: Context): Visit<Context> {
  const { pathname, search } = new URL(request.url);
  const field = (name: string): string[] => {
    const value = request.headers.get(name);
    return value === null ? [] : [value];
  };
  return {
    request: {
      method: request.method,
      target: pathname + search,
      authorization: field('authorization'),
      dpop: field('dpop'),
    },
    context,
    gone: request.signal,
  };
}

/** The whole body of a request; refused, and the rest left unread, when it is longer than `limit` bytes. */
export async function readBody(request: Request, limit: number): Promise<Result<Uint8Array>> {
  if (Number(request.headers.get('content-length') ?? 0) > limit) {
    return refused('body_too_large', `The body is over ${limit} bytes.`);
  }
  return request.body === null ? accepted(new Uint8Array()) : collectBody(chunksOf(request.body), limit);
}

/** Not every runtime iterates over a stream. */
async function* chunksOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader();
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) yield part.value;
  } finally {
    reader.releaseLock();
  }
}

/** The same request with the body that was read of it. */
export function withBody(request: Request, body: Uint8Array): Request {
  // A request that had none may not have one (GET).
  if (request.body === null) return request;
  return new Request(request, { method: request.method, body: body as Uint8Array<ArrayBuffer> });
}

export function toResponse({ status, headers, body }: Answer): Response {
  return new Response(body === '' ? null : body, { status, headers });
}

/** Makes the answer, sets the fields of an allowed request, and lets it run only until its token is revoked (law 3). */
export async function serve(
  { headers, watch }: Pick<Verdict<object> & { readonly admitted: true }, 'headers' | 'watch'>,
  answer: () => Response | Promise<Response>,
): Promise<Response> {
  try {
    const response = await answer();
    const finished = new Response(watched(response.body, watch), response);
    for (const [name, value] of Object.entries(headers)) finished.headers.set(name, value);
    return finished;
  } catch (error) {
    watch.end();
    throw error;
  }
}

function watched(
  body: ReadableStream<Uint8Array> | null,
  { revoked, end }: Watch,
): ReadableStream<Uint8Array> | null {
  if (body === null) {
    end();
    return body;
  }
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  // Ends also when the client cancels. Why is told to whoever reads the other side.
  body.pipeTo(writable, { signal: revoked }).then(end, end);
  return readable;
}
