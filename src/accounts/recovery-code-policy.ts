import type { Random } from '../lib/random.js';

/** Crockford's base32: no letter that a person could take for a digit when she copies it. */
const letters = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const length = 16;
const wellFormed = new RegExp(`^[${letters}]{${length}}$`);

/** How many codes an account has at once. */
export const codesAtOnce = 10;

/** 80 random bits as `7QK4-M2XD-91FA-HT3C`. NIST SP 800-63B-4 §4.2.1.1: a saved recovery code has at least 64. */
export function newRecoveryCode(random: Random): string {
  return grouped([...random.bytes(length)].map((byte) => letters.charAt(byte % letters.length)).join(''));
}

/** What a person typed, as it was made; undefined when it can't be one. */
export function readRecoveryCode(typed: string): string | undefined {
  if (typed.length > 64) return undefined;
  const plain = typed
    .normalize('NFKC')
    .toUpperCase()
    .replace(/[\s\p{Pd}]/gu, '')
    .replaceAll('O', '0')
    .replace(/[IL]/g, '1');
  return wellFormed.test(plain) ? grouped(plain) : undefined;
}

function grouped(text: string): string {
  return text.replace(/(.{4})(?=.)/g, '$1-');
}
