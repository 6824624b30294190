import type { Clock } from '../lib/clock.js';
import { keyedDigest, sameBytes } from '../lib/hashing.js';

/** Registrations that were offered to fresh logins. Nothing is stored: the challenge itself says what was offered. */
export interface Offers {
  /** The challenge of an offer to the session `owner`; with `thumbprint`, no other key will do. */
  make(owner: string, thumbprint?: string): string;
  /** What was offered, and to which session; undefined when nothing was, or too long ago. */
  read(challenge: string): { readonly owner: string; readonly thumbprint?: string } | undefined;
}

export interface OfferOptions {
  /** At least 32 bytes, the same on every node. */
  readonly key: Uint8Array;
  readonly clock: Clock;
}

/** A browser registers as soon as it has the answer; whoever comes later found the cookie. */
const life = 60_000;
const shape = /^([0-9a-z]{1,9})\.([\w-]{43})\.([\w-]{0,64})\.([\w-]{43})$/;

export function createOffers({ key, clock }: OfferOptions): Offers {
  if (key.length < 32) throw new RangeError('a key for offers has at least 32 bytes');
  const authenticator = (owner: string, expires: string, thumbprint: string): Buffer =>
    keyedDigest(key, `dbsc offer\0${owner}\0${expires}\0${thumbprint}`);
  return {
    make(owner, thumbprint = '') {
      const expires = Math.floor(clock.now() + life).toString(36);
      return `${expires}.${owner}.${thumbprint}.${authenticator(owner, expires, thumbprint).toString('base64url')}`;
    },
    read(challenge) {
      const [, expires, owner, thumbprint, given] = shape.exec(challenge) ?? [];
      if (expires === undefined || owner === undefined || thumbprint === undefined || given === undefined)
        return undefined;
      const expected = authenticator(owner, expires, thumbprint);
      if (!sameBytes(Buffer.from(given, 'base64url'), expected)) return undefined;
      if (clock.now() >= Number.parseInt(expires, 36)) return undefined;
      return thumbprint === '' ? { owner } : { owner, thumbprint };
    },
  };
}
