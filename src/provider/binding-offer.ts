import { epochSeconds, type Clock } from '../lib/clock.js';
import { keyedDigest, sameBytes } from '../lib/hashing.js';

/** Which login a browser may bind to a key of its own. */
export interface OfferedLogin {
  readonly sessionUid: string;
  /** Of the login, in seconds since the epoch: an offer to one before is none. */
  readonly authTime: number;
}

/** The challenges of registrations: stateless, for one login, for a short time. */
export interface BindingOffers {
  make(login: OfferedLogin): string;
  accepts(challenge: string, login: OfferedLogin): boolean;
}

/** Chromium registers within a fraction of a second; later it is none that was at the login. */
export const offerSeconds = 60;

/** @param key derived for `session binding offer` */
export function createBindingOffers(key: Uint8Array, clock: Clock): BindingOffers {
  const challengeOf = (expiresAt: number, { sessionUid, authTime }: OfferedLogin): string =>
    `${expiresAt}.${keyedDigest(key, JSON.stringify([expiresAt, sessionUid, authTime])).toString('base64url')}`;
  return {
    make: (login) => challengeOf(epochSeconds(clock) + offerSeconds, login),
    accepts(challenge, login) {
      const expiresAt = Number(/^(\d{1,12})\./.exec(challenge)?.[1]);
      if (!(expiresAt > epochSeconds(clock))) return false;
      return sameBytes(Buffer.from(challengeOf(expiresAt, login)), Buffer.from(challenge));
    },
  };
}
