import {
  type Authentication,
  hardwareAcr,
  hardwareAmr,
  passkeyAcr,
  passkeyAmr,
  weakestAcr,
} from './authentication.js';
import type { HardwareModels } from './hardware-models.js';
import type { Passkey } from './passkey.js';
import type { Recovery } from './recovery-store.js';

/**
 * Whether a passkey may give `phr` and confirm changes now. A new one is held for a while, so that a thief who got it
 * in can't use it before its owner has read the mail; one whose count went back may be a copy.
 */
export function mayStepUp({ stepUpFrom, regressedAt }: Passkey, now: number): boolean {
  return regressedAt === undefined && (stepUpFrom === undefined || stepUpFrom.getTime() <= now);
}

/**
 * Law 5: what a sign-in with this passkey proves. A hardware key counts as one for as long as the operator's metadata
 * trusts its model, so that one that was revoked since proves no more than any other.
 */
export function strengthOf(
  passkey: Passkey,
  now: number,
  models: HardwareModels | undefined,
): Pick<Authentication, 'acr' | 'amr'> {
  const hardware = passkey.attested && models?.trusts(passkey.aaguid) === true;
  const amr = hardware ? hardwareAmr : passkeyAmr;
  // NIST SP 800-63B-4 §4.1.2.1: what binds another authenticator must not be weaker than it; hence the hold.
  if (!mayStepUp(passkey, now)) return { acr: weakestAcr, amr };
  return { acr: hardware ? hardwareAcr : passkeyAcr, amr };
}

/** Milliseconds by which two nodes may tell the time of one moment. */
const clocksApart = 10_000;

/** From when on a passkey is taken for added since a recovery: another node may have written that down. */
export function addedSince({ at }: Pick<Recovery, 'at'>): Date {
  return new Date(at.getTime() - clocksApart);
}

/**
 * From when on a passkey may confirm changes of the account; undefined: it may now, as far as this goes. What came in
 * since a recovery may not while that can be undone: undoing takes such a passkey back, and could not take back the
 * address, the codes or the login elsewhere that it would have changed meanwhile (threat 17).
 */
export function confirmsFrom(
  { stepUpFrom, madeBy, createdAt }: Passkey,
  undoable: readonly Pick<Recovery, 'at' | 'undoUntil'>[],
  now: number,
): Date | undefined {
  const since = undoable.filter((recovery) => madeBy !== 'sign_up' && createdAt >= addedSince(recovery));
  const ends = [stepUpFrom, ...since.map(({ undoUntil }) => undoUntil)].map((end) => end?.getTime() ?? 0);
  const latest = Math.max(...ends);
  return latest > now ? new Date(latest) : undefined;
}
