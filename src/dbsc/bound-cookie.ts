import type { Clock } from '../lib/clock.js';
import { keyedDigest, sameBytes } from '../lib/hashing.js';

/** What a bound cookie says; that its session lives, only the store knows. */
export interface BoundCookie {
  readonly sessionId: string;
  /** When the device had proven itself: milliseconds since the epoch. */
  readonly issuedAt: number;
  readonly expiresAt: number;
}

/** Makes the values of the short-lived cookie, and knows its own again. Nothing is stored. */
export interface BoundCookies {
  make(sessionId: string): string;
  /** Undefined for what is expired or not ours. */
  read(value: string | undefined): BoundCookie | undefined;
}

export interface BoundCookieOptions {
  /** At least 32 bytes, the same on every node. */
  readonly key: Uint8Array;
  readonly clock: Clock;
  /** Seconds that a value is good for. */
  readonly life: number;
}

const shape = /^([\w-]{1,128})\.([0-9a-z]{1,9})\.([0-9a-z]{1,9})\.([\w-]{43})$/;

export function createBoundCookies({ key, clock, life }: BoundCookieOptions): BoundCookies {
  if (key.length < 32) throw new RangeError('a key for cookies has at least 32 bytes');
  const authenticator = (text: string): Buffer => keyedDigest(key, `dbsc cookie\0${text}`);
  return {
    make(sessionId) {
      const issuedAt = clock.now();
      const times = [issuedAt, issuedAt + life * 1000].map((time) => Math.floor(time).toString(36));
      const text = [sessionId, ...times].join('.');
      const value = `${text}.${authenticator(text).toString('base64url')}`;
      if (!shape.test(value))
        throw new TypeError('the id of a session is at most 128 characters of base64url');
      return value;
    },
    read(value) {
      const [, sessionId, issued, expires, given] = shape.exec(value ?? '') ?? [];
      if (sessionId === undefined || issued === undefined || expires === undefined) return undefined;
      const expected = authenticator([sessionId, issued, expires].join('.'));
      if (!sameBytes(Buffer.from(given ?? '', 'base64url'), expected)) return undefined;
      const [issuedAt, expiresAt] = [Number.parseInt(issued, 36), Number.parseInt(expires, 36)];
      return clock.now() < expiresAt ? { sessionId, issuedAt, expiresAt } : undefined;
    },
  };
}
