import { readProofHeader, type HeaderReader, type ProofHeader } from './parse-proof.js';
import { accepted } from '../lib/result.js';
import { thumbprint } from './thumbprint.js';
import type { PublicKey } from './public-key.js';

/** What headers of proofs say: a client sends the same one each time, to the letter. */
export interface HeaderCache {
  readonly read: HeaderReader;
  /** RFC 7638, of a key that `read` gave. */
  thumbprint(key: PublicKey): string;
}

/** A longer header carries what no proof needs; it is read each time. */
const longest = 512;

/** Keeps the `capacity` headers used last. */
export function createHeaderCache(capacity = 10_000): HeaderCache {
  const headers = new Map<string, ProofHeader>();
  const thumbprints = new WeakMap<PublicKey, string>();
  return {
    read(segment) {
      const known = headers.get(segment);
      if (known) headers.delete(segment);
      const header = known ? accepted(known) : readProofHeader(segment);
      if (!header.ok || segment.length > longest) return header;
      headers.set(segment, header.value);
      const [oldest] = headers.size > capacity ? headers.keys() : [];
      if (oldest !== undefined) headers.delete(oldest);
      return header;
    },
    thumbprint(key) {
      const known = thumbprints.get(key);
      if (known !== undefined) return known;
      const made = thumbprint(key);
      thumbprints.set(key, made);
      return made;
    },
  };
}
