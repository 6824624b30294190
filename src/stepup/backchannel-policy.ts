import { acrLadder, type Acr } from '../accounts/authentication.js';
import { randomBase62 } from '../lib/base62.js';
import type { Random } from '../lib/random.js';
import type { BackchannelRequestId } from './backchannel-request.js';

/** Wrong numbers after which a request ends (threat 15). */
export const mostNumberTries = 3;

/** Seconds to wait after a denial, longer each time: 1, 5, 30 minutes, then 2 hours. */
export const denialWaits: readonly number[] = [60, 300, 1800, 7200];
/** Seconds after which denials are forgotten. */
export const denialMemory = 86_400;

const authReqIdShape = /^hldf_bc_[0-9A-Za-z]{26}$/;
const linkShape = /^[0-9A-Za-z]{26}$/;

/** CIBA §7.3: at least 128 bits, 160 recommended; 26 base62 characters have 154. */
export function newAuthReqId(random: Random): string {
  return `hldf_bc_${randomBase62(random, 26)}`;
}

/** Whether it could be one of ours; the database is asked about no other. */
export function isAuthReqId(text: string): boolean {
  return authReqIdShape.test(text);
}

export function newLinkSecret(random: Random): string {
  return randomBase62(random, 26);
}

export function isLinkSecret(text: string): boolean {
  return linkShape.test(text);
}

export function newBackchannelRequestId(random: Random): BackchannelRequestId {
  return `bcr_${randomBase62(random, 22)}` as BackchannelRequestId;
}

/** 10 to 99, each as likely: bytes of 180 and above are thrown away rather than folded. */
export function newMatchingNumber(random: Random): string {
  for (;;) {
    const byte = random.bytes(1)[0] ?? 255;
    if (byte < 180) return String(10 + (byte % 90));
  }
}

/** The number as it was meant: what a person types may have spaces around it. Undefined when it is none. */
export function readNumber(typed: string): string | undefined {
  return /^\s*([1-9][0-9])\s*$/.exec(typed)?.[1];
}

/** CIBA §7.1 with OpenID Connect Core §5.5.1.1: `acr` is as strong as what was asked for, or stronger. */
export function isStrongEnough(acr: Acr, asked: Acr | undefined): boolean {
  return asked === undefined || acrLadder.indexOf(acr) >= acrLadder.indexOf(asked);
}
