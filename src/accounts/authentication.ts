import type { AccountId } from './account.js';

/** The ladder of authentication strength, weakest first. */
export const acrLadder = ['urn:holdfast:acr:basic', 'urn:holdfast:acr:phr', 'urn:holdfast:acr:phrh'] as const;
export type Acr = (typeof acrLadder)[number];

export const weakestAcr: Acr = 'urn:holdfast:acr:basic';
/** A passkey with user verification: phishing-resistant. */
export const passkeyAcr: Acr = 'urn:holdfast:acr:phr';
/** RFC 8176: proof of possession of a key, presence of the person, and two factors in one ceremony. */
export const passkeyAmr: readonly string[] = ['pop', 'user', 'mfa'];

/** The same, with a key that its maker attests to be in hardware. */
export const hardwareAcr: Acr = 'urn:holdfast:acr:phrh';
export const hardwareAmr: readonly string[] = ['hwk', ...passkeyAmr];

/**
 * RFC 8176 registers no value for a login elsewhere. `fed` is what others say for it, and it says no more than we know;
 * how the person proved herself there, the provider's own `amr` would tell only by its word.
 */
export const upstreamAmr: readonly string[] = ['fed'];

/**
 * RFC 8176: one-time passwords. Not `mfa`: NIST SP 800-63B-4 §3.1.3 takes no e-mail for an authenticator of its own.
 */
export const recoveryAmr: readonly string[] = ['otp'];

export function isAcr(value: string): value is Acr {
  return acrLadder.some((rung) => rung === value);
}

/** Who signed in, how strongly and when; only our own verification makes one (law 5). */
export interface Authentication {
  readonly accountId: AccountId;
  /** The account's when she was verified (after a revocation that is part of it): a login under an older one makes no session. */
  readonly accountGeneration: number;
  readonly acr: Acr;
  readonly amr: readonly string[];
  /** Seconds since the epoch. */
  readonly authTime: number;
}
