import { keyedDigest } from '../lib/hashing.js';
import type { Clock } from '../lib/clock.js';

/** Hands out server nonces (RFC 9449 §8) and knows its own again. */
export interface NonceIssuer {
  /** The nonce of this moment, for the `DPoP-Nonce` header. */
  current(): string;
  accepts(nonce: string): boolean;
}

export interface NonceOptions {
  /** At least 32 bytes; nodes that share it accept each other's nonces. */
  readonly key: Uint8Array;
  /** Keeps the nonces of the authorization server and of each resource server apart (RFC 9449 §9). */
  readonly audience: string;
  readonly clock: Clock;
  /** Length of a time step; a nonce lives one to two of them. */
  readonly stepSeconds?: number;
}

/**
 * Stateless nonces: an HMAC of the audience and the time step. The step before is accepted, and the step after
 * too, because another node's clock may be ahead.
 */
export function createNonces({ key, audience, clock, stepSeconds = 60 }: NonceOptions): NonceIssuer {
  if (key.length < 32) throw new RangeError('a nonce key has at least 32 bytes');
  const nonceOf = (step: number): string =>
    keyedDigest(key, `dpop nonce\0${audience}\0${step}`).subarray(0, 16).toString('base64url');

  let known = { step: Number.NaN, previous: '', current: '', next: '' };
  const atThisMoment = (): typeof known => {
    const step = Math.floor(clock.now() / 1000 / stepSeconds);
    if (step !== known.step) {
      known = { step, previous: nonceOf(step - 1), current: nonceOf(step), next: nonceOf(step + 1) };
    }
    return known;
  };

  return {
    current: () => atThisMoment().current,
    // A nonce is public, so it is compared plainly.
    accepts: (nonce) => {
      const { previous, current, next } = atThisMoment();
      return nonce === current || nonce === previous || nonce === next;
    },
  };
}
