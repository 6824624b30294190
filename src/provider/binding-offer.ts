import { epochSeconds, type Clock } from '../lib/clock.js';
import { keyedDigest, sameBytes } from '../lib/hashing.js';

/** Which login a browser may bind to a key of its own. */
export interface OfferedLogin {
  readonly sessionUid: string;
  /** Of the login, in seconds since the epoch: an offer to one before is none. */
  readonly authTime: number;
  /** Another site led to it: then the browser registers without Lax cookies. */
  readonly fromElsewhere: boolean;
}

/** The challenges of registrations: stateless, each naming the login that it is for, for a short time. */
export interface BindingOffers {
  make(login: OfferedLogin): string;
  /** Undefined for what is over, or none of ours. */
  read(challenge: string): OfferedLogin | undefined;
}

/** Chromium registers within a fraction of a second; later it is none that was at the login. */
export const offerSeconds = 60;

const shape = /^(\d{1,12})\.(\d{1,12})\.([01])\.([\w-]{1,128})\.[\w-]{43}$/;

/** @param key derived for `session binding offer` */
export function createBindingOffers(key: Uint8Array, clock: Clock): BindingOffers {
  const challengeOf = (expiresAt: number, { sessionUid, authTime, fromElsewhere }: OfferedLogin): string => {
    const said = [expiresAt, authTime, fromElsewhere ? 1 : 0, sessionUid].join('.');
    return `${said}.${keyedDigest(key, said).toString('base64url')}`;
  };
  return {
    make: (login) => challengeOf(epochSeconds(clock) + offerSeconds, login),
    read(challenge) {
      const [, end, time, elsewhere, sessionUid] = shape.exec(challenge) ?? [];
      if (sessionUid === undefined || !(Number(end) > epochSeconds(clock))) return undefined;
      const login = { sessionUid, authTime: Number(time), fromElsewhere: elsewhere === '1' };
      const expected = Buffer.from(challengeOf(Number(end), login));
      return sameBytes(expected, Buffer.from(challenge)) ? login : undefined;
    },
  };
}
