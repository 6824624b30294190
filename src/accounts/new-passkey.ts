import type { AccountId } from './account.js';
import { authenticatorName } from './authenticator.js';
import type { Passkey, PasskeyOrigin } from './passkey.js';
import type { CheckedRegistration } from './registration-check.js';

export interface NewPasskeyFacts {
  readonly accountId: AccountId;
  readonly madeBy: PasskeyOrigin;
  readonly createdAt: Date;
  readonly stepUpFrom: Date | undefined;
  /** What it is called where its authenticator has no name. */
  readonly unnamed?: string | undefined;
  /** Of the passkeys that the account has already. */
  readonly otherNames?: readonly string[];
}

/** The row of a passkey whose registration was accepted just now. */
export function newPasskey(
  registered: CheckedRegistration['passkey'],
  { otherNames = [], unnamed = 'Passkey', ...facts }: NewPasskeyFacts,
): Passkey {
  return {
    ...registered,
    ...facts,
    name: nameBeside(otherNames, authenticatorName(registered.aaguid) ?? unnamed),
    // Only at sign-up does making it sign her in.
    lastUsedAt: facts.madeBy === 'sign_up' ? facts.createdAt : undefined,
    regressedAt: undefined,
    backupChangedAt: undefined,
    removedAt: undefined,
  };
}

/** `Bitwarden`, `Bitwarden 2`, … so that the person can tell them apart before she names them herself. */
function nameBeside(others: readonly string[], name: string): string {
  if (!others.includes(name)) return name;
  for (let number = 2; ; number += 1) {
    const numbered = `${name} ${number}`;
    if (!others.includes(numbered)) return numbered;
  }
}
