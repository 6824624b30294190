import { mayStepUp } from './passkey-policy.js';
import type { Passkey } from './passkey.js';

/** Whether an account has a passkey that proves its owner strongly now, or from when on. */
export type StepUpReadiness =
  { readonly kind: 'ready' } | { readonly kind: 'held'; readonly until: Date } | { readonly kind: 'none' };

export function stepUpReadiness(passkeys: readonly Passkey[], now: number): StepUpReadiness {
  if (passkeys.some((passkey) => mayStepUp(passkey, now))) return { kind: 'ready' };
  const opens = passkeys
    .filter(({ regressedAt }) => regressedAt === undefined)
    .map(({ stepUpFrom }) => stepUpFrom?.getTime() ?? now);
  return opens.length === 0 ? { kind: 'none' } : { kind: 'held', until: new Date(Math.min(...opens)) };
}
