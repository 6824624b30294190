import { importJWK, type CryptoKey } from 'jose';
import type { ProofAlgorithm } from './proof.js';
import type { PublicKey } from './public-key.js';

/** Imported public keys by thumbprint: importing a P-256 key costs as much as verifying with it. */
export interface KeyCache {
  /** The imported key; undefined when the coordinates are no point of the curve. */
  import(jkt: string, key: PublicKey, algorithm: ProofAlgorithm): Promise<CryptoKey | undefined>;
}

/** Keeps the `capacity` keys used last. */
export function createKeyCache(capacity = 10_000): KeyCache {
  const keys = new Map<string, CryptoKey>();
  const keep = (name: string, key: CryptoKey): CryptoKey => {
    keys.delete(name);
    keys.set(name, key);
    const [oldest] = keys.keys();
    if (keys.size > capacity && oldest !== undefined) keys.delete(oldest);
    return key;
  };
  return {
    async import(jkt, key, algorithm) {
      const name = `${algorithm} ${jkt}`;
      const known = keys.get(name);
      if (known) return keep(name, known);
      const imported = await importJWK({ ...key }, algorithm).catch(() => undefined);
      if (imported === undefined || imported instanceof Uint8Array) return undefined;
      return keep(name, imported);
    },
  };
}
