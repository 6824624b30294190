import type { IncomingMessage } from 'node:http';
import type { Random } from '../lib/random.js';
import type { ClientCertificate } from './client-certificate.js';

/** What the front knows of a request and no header can claim. */
export interface RequestContext {
  /** `7QK4-M2XD-91FA-HT3C`: told to the client, found by `holdfast explain`. */
  readonly requestId: string;
  /** Of the connection, or as a trusted proxy says. */
  readonly clientAddress: string;
  /** Of the connection, or as a trusted proxy passes it on; who it is and whether it is valid is judged where it counts. */
  readonly certificate?: ClientCertificate | undefined;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** The whole body; empty where there was none. */
  readonly body: Buffer;
}

const contexts = new WeakMap<IncomingMessage, RequestContext>();

export function keepRequestContext(request: IncomingMessage, context: RequestContext): void {
  contexts.set(request, context);
}

/** Throws for a request that didn't come through the front: that would be a bug of ours. */
export function requestContext(request: IncomingMessage): RequestContext {
  const context = contexts.get(request);
  if (!context) throw new Error('the request did not come through the front');
  return context;
}

/** Crockford's base32: no letter that a person could take for a digit when she reads it out. */
const letters = Buffer.from('0123456789ABCDEFGHJKMNPQRSTVWXYZ', 'latin1');
const hyphen = '-'.charCodeAt(0);
const idLength = 19;
/** Random bytes are fetched for so many requests at once. */
const ahead = 256;

/** 80 random bits in four groups of four for each request. Not a secret, but not to be guessed either. */
export function createRequestIds(random: Random): () => string {
  const id = Buffer.alloc(idLength, hyphen);
  let pool: Buffer = Buffer.alloc(0);
  let used = 0;
  return () => {
    if (used === pool.length) {
      pool = random.bytes(16 * ahead);
      used = 0;
    }
    for (let index = 0; index < idLength; index += 1) {
      if (index % 5 === 4) continue;
      id[index] = letters[(pool[used] ?? 0) % 32] ?? hyphen;
      used += 1;
    }
    return id.toString('latin1');
  };
}
