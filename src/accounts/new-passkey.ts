import type { AccountId } from './account.js';
import type { Passkey, PasskeyOrigin } from './passkey.js';
import type { CheckedRegistration } from './registration-check.js';

export interface NewPasskeyFacts {
  readonly accountId: AccountId;
  readonly madeBy: PasskeyOrigin;
  readonly createdAt: Date;
  readonly stepUpFrom: Date | undefined;
}

/** The row of a passkey whose registration was accepted just now. */
export function newPasskey(registered: CheckedRegistration['passkey'], facts: NewPasskeyFacts): Passkey {
  return {
    ...registered,
    ...facts,
    name: 'Passkey',
    lastUsedAt: facts.createdAt,
    regressedAt: undefined,
    backupChangedAt: undefined,
  };
}
