import { createHmac, createSecretKey, hash, hkdfSync, timingSafeEqual } from 'node:crypto';

// Bare bytes cost node:crypto as much again as what is done with them, so keys are wrapped here.

/** SHA-256; how random secrets of at least 128 bits are kept at rest (law 7). */
export function sha256(input: string | Uint8Array): Buffer {
  return hash('sha256', input, 'buffer');
}

/** The same as hex digits: half of its time, where no bytes are needed. */
export function sha256Hex(input: string | Uint8Array): string {
  return hash('sha256', input, 'hex');
}

/** HMAC-SHA-256: what only we can make from `input`, and how secrets that a person can type are kept (law 7). */
export function keyedDigest(key: Uint8Array, input: string): Buffer {
  return createHmac('sha256', createSecretKey(key)).update(input).digest();
}

/** Compares without telling where two secrets differ; unequal lengths are unequal. */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}

/** A 32-byte key for one purpose, from the master key (HKDF-SHA-256, RFC 5869). */
export function deriveKey(master: Uint8Array, purpose: string): Buffer {
  return Buffer.from(
    hkdfSync('sha256', createSecretKey(master), new Uint8Array(0), `holdfast ${purpose}`, 32),
  );
}
