import type { Random } from '../lib/random.js';

/** NIST SP 800-63B-4 §3.1.3.2: a code that a person types has at least six digits. */
const digits = 6;
const range = 10 ** digits;
/** What remains of 32 bits above the last whole range would make some codes likelier than others. */
const fair = Math.floor(2 ** 32 / range) * range;

/** Tries for one code, and codes for one thing: a guesser who waits for each has 25 chances in a million. */
export const mostTries = 5;
export const mostCodes = 5;

/** Six digits, each code as likely as any other. */
export function newMailCode(random: Random): string {
  for (;;) {
    const number = random.bytes(4).readUInt32BE();
    if (number < fair) return String(number % range).padStart(digits, '0');
  }
}

/** What a person typed or pasted, without the spaces and dashes that mail programs put in; undefined for no code. */
export function readMailCode(typed: string): string | undefined {
  if (typed.length > 64) return undefined;
  const code = typed.normalize('NFKC').replace(/[\s\p{Pd}]/gu, '');
  return /^\d{6}$/.test(code) ? code : undefined;
}
