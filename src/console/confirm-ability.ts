import type { ListedPasskey } from '../accounts/listed-passkey.js';

/** Whether a person can confirm a change with one of her passkeys now, and if not, why. */
export type ConfirmAbility =
  | { readonly kind: 'able' }
  | { readonly kind: 'none' }
  | { readonly kind: 'suspect' }
  | { readonly kind: 'held'; readonly until: Date };

export function confirmAbility(passkeys: readonly ListedPasskey[]): ConfirmAbility {
  if (passkeys.length === 0) return { kind: 'none' };
  const sound = passkeys.filter(({ suspect }) => !suspect);
  if (sound.length === 0) return { kind: 'suspect' };
  const until = Math.min(...sound.map(({ heldUntil }) => heldUntil?.getTime() ?? 0));
  return until === 0 ? { kind: 'able' } : { kind: 'held', until: new Date(until) };
}
