import { createPublicKey, type KeyObject } from 'node:crypto';
import type { PublicKey } from './public-key.js';

/** Imported public keys by thumbprint: importing a P-256 key costs as much as verifying with it. */
export interface KeyCache {
  /** The imported key; undefined when the coordinates are no point of the curve. */
  import(jkt: string, key: PublicKey): KeyObject | undefined;
}

/** Keeps the `capacity` keys used last. */
export function createKeyCache(capacity = 10_000): KeyCache {
  const keys = new Map<string, KeyObject>();
  return {
    import(jkt, publicKey) {
      const key = keys.get(jkt) ?? importKey(publicKey);
      if (!key) return undefined;
      // Whoever was used last goes last.
      keys.delete(jkt);
      keys.set(jkt, key);
      const [oldest] = keys.size > capacity ? keys.keys() : [];
      if (oldest !== undefined) keys.delete(oldest);
      return key;
    },
  };
}

function importKey(key: PublicKey): KeyObject | undefined {
  try {
    return createPublicKey({ key: { ...key }, format: 'jwk' });
  } catch {
    return undefined;
  }
}
