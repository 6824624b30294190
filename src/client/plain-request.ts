import type { PlainRequest } from './proof-sender.js';

type Body = NonNullable<RequestInit['body']>;
type Stream = ReadableStream<Uint8Array>;

/** Headers that would carry another credential upstream: an SDK's placeholder for an API key, an old proof. */
const credentials = ['authorization', 'dpop', 'x-api-key', 'api-key', 'x-goog-api-key'];

/**
 * What `fetch` was called with, made so that it can be sent again: a stream is read up to `longestReplay` bytes; a
 * longer one can be sent once.
 */
export async function toPlainRequest(
  input: string | URL | Request,
  init: RequestInit = {},
  longestReplay: number,
): Promise<PlainRequest> {
  const given = isRequest(input) ? { ...partsOf(input), ...init } : init;
  const url = new URL(isRequest(input) ? input.url : input, baseAddress());
  const headers = new Headers(given.headers);
  for (const name of credentials) headers.delete(name);
  const { body, repeatable } = await repeatableBody(given.body, longestReplay);
  const plain = {
    ...given,
    method: normalMethod(given.method ?? 'GET'),
    headers,
    redirect: 'manual' as const,
    ...(body !== undefined && { body }),
    ...(!repeatable && { duplex: 'half' }),
  };
  return { url, init: plain, repeatable };
}

/** As `fetch` does it, since the proof names the method that is sent. */
function normalMethod(method: string): string {
  return /^(?:delete|get|head|options|post|put)$/i.test(method) ? method.toUpperCase() : method;
}

/** By shape: a Request may be of another implementation than this runtime's own. */
function isRequest(input: string | URL | Request): input is Request {
  return typeof input === 'object' && 'url' in input && 'headers' in input;
}

function partsOf(request: Request): RequestInit {
  const { method, headers, body, signal, credentials: cookies, keepalive } = request;
  return { method, headers, body: body as Body | null, signal, credentials: cookies, keepalive };
}

/** Pages may name addresses relative to themselves. */
function baseAddress(): string | undefined {
  return (globalThis as { readonly location?: { readonly href: string } }).location?.href;
}

interface BodyToSend {
  readonly body?: Body;
  readonly repeatable: boolean;
}

async function repeatableBody(body: RequestInit['body'] | undefined, longest: number): Promise<BodyToSend> {
  if (body === undefined || body === null) return { repeatable: true };
  const chunks = chunksOf(body);
  if (chunks === undefined) return { body, repeatable: true };
  const read: Uint8Array<ArrayBuffer>[] = [];
  for (let length = 0; length <= longest;) {
    const next = await chunks.next();
    if (next.done === true) return { body: new Blob(read), repeatable: true };
    const chunk = new Uint8Array(bytesOf(next.value));
    read.push(chunk);
    length += chunk.length;
  }
  return { body: joined(read, chunks), repeatable: false };
}

type Chunks = AsyncIterator<Uint8Array | string, undefined>;

/** The pieces of a body that can be read but once; undefined for one that can be sent again as it is. */
function chunksOf(body: Body): Chunks | undefined {
  if (typeof body !== 'object') return undefined;
  if ('getReader' in body) {
    // Not every browser iterates over a stream.
    const reader = (body as Stream).getReader();
    return {
      next: () => reader.read() as Promise<IteratorResult<Uint8Array, undefined>>,
      return: async () => {
        await reader.cancel();
        return { done: true, value: undefined };
      },
    };
  }
  return Symbol.asyncIterator in body
    ? (body as AsyncIterable<Uint8Array | string, undefined>)[Symbol.asyncIterator]()
    : undefined;
}

/** What was read already, then the rest. */
function joined(read: Uint8Array[], rest: Chunks): Stream {
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const first = read.shift();
      if (first) return controller.enqueue(first);
      const next = await rest.next();
      if (next.done === true) controller.close();
      else controller.enqueue(bytesOf(next.value));
    },
    async cancel() {
      await rest.return?.();
    },
  });
}

function bytesOf(chunk: Uint8Array | string): Uint8Array {
  return typeof chunk === 'string' ? new TextEncoder().encode(chunk) : chunk;
}
