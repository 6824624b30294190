import { type AuthenticatorKind, authenticatorKind, authenticatorName } from './authenticator.js';
import { confirmsFrom } from './passkey-policy.js';
import type { Passkey } from './passkey.js';
import type { Recovery } from './recovery-store.js';

/** A passkey as its owner sees it. */
export interface ListedPasskey {
  /** Credential id in base64url. */
  readonly id: string;
  readonly name: string;
  /** What keeps it, for its icon. */
  readonly kind: AuthenticatorKind;
  /** What the maker calls that; undefined when nobody knows. */
  readonly authenticator: string | undefined;
  /** BS: it is backed up, so it may be on other devices, too. */
  readonly synced: boolean;
  readonly createdAt: Date;
  readonly lastUsedAt: Date | undefined;
  /** Until then it confirms no change. Undefined when it is not held (any more). */
  readonly heldUntil: Date | undefined;
  /** Its sign count went back: somebody may have a copy. */
  readonly suspect: boolean;
}

export function listedPasskey(passkey: Passkey, undoable: readonly Recovery[], now: number): ListedPasskey {
  const { credentialId, name, backedUp, createdAt, lastUsedAt, regressedAt } = passkey;
  const suspect = regressedAt !== undefined;
  return {
    id: credentialId.toString('base64url'),
    name,
    kind: authenticatorKind(passkey),
    authenticator: authenticatorName(passkey.aaguid),
    synced: backedUp,
    createdAt,
    lastUsedAt,
    heldUntil: suspect ? undefined : confirmsFrom(passkey, undoable, now),
    suspect,
  };
}
