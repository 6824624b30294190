import type { Passkey } from './passkey.js';

/**
 * Whether a passkey may give `phr` and confirm changes now. A new one is held for a while, so that a thief who got it
 * in can't use it before its owner has read the mail; one whose count went back may be a copy.
 */
export function mayStepUp({ stepUpFrom, regressedAt }: Passkey, now: number): boolean {
  return regressedAt === undefined && (stepUpFrom === undefined || stepUpFrom.getTime() <= now);
}
