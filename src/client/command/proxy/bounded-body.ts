import type { IncomingMessage } from 'node:http';

/** What SDKs send of pictures and files fits. */
const longest = 64 * 1_048_576;

/** The whole body, so that it can be sent again after an approval; undefined when it is too long. */
export async function readBody(request: IncomingMessage): Promise<Uint8Array<ArrayBuffer> | undefined> {
  if (Number(request.headers['content-length'] ?? 0) > longest) return undefined;
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Uint8Array>) {
    length += chunk.length;
    if (length > longest) return undefined;
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks));
}
