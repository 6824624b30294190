import { accepted, refused, type Result } from '../lib/result.js';

/** The whole of a body; refused, and the rest left unread, when it is longer than `limit` bytes. */
export async function collectBody(
  chunks: AsyncIterable<Uint8Array>,
  limit: number,
): Promise<Result<Uint8Array>> {
  const kept: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of chunks) {
      length += chunk.length;
      if (length > limit) return refused('body_too_large', `The body is over ${limit} bytes.`);
      kept.push(chunk);
    }
  } catch {
    // The client hung up or broke the framing: its mistake, and not ours.
    return refused('request_malformed', 'The body broke off.');
  }
  return accepted(join(kept, length));
}

function join(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const [first] = chunks;
  if (first !== undefined && chunks.length === 1) return first;
  const whole = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}
