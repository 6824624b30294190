import type { HardwareModels } from './hardware-models.js';
import { mayStepUp } from './passkey-policy.js';
import type { Passkey } from './passkey.js';

/** Whether an account has a passkey that proves its owner strongly now, or from when on. */
export type StepUpReadiness =
  { readonly kind: 'ready' } | { readonly kind: 'held'; readonly until: Date } | { readonly kind: 'none' };

/** @param models where only a hardware key of one of these will do */
export function stepUpReadiness(
  all: readonly Passkey[],
  now: number,
  models?: HardwareModels,
): StepUpReadiness {
  const fit = all.filter(({ attested, aaguid }) => !models || (attested && models.trusts(aaguid)));
  if (fit.some((passkey) => mayStepUp(passkey, now))) return { kind: 'ready' };
  const opens = fit
    .filter(({ regressedAt }) => regressedAt === undefined)
    .map(({ stepUpFrom }) => stepUpFrom?.getTime() ?? now);
  return opens.length === 0 ? { kind: 'none' } : { kind: 'held', until: new Date(Math.min(...opens)) };
}
