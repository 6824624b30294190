import type { AccountId } from './account.js';

/** How a passkey came to its account: with it, confirmed by another one, through recovery, or as the first one later. */
export type PasskeyOrigin = 'sign_up' | 'confirmed' | 'recovery' | 'first';

export interface Passkey {
  /** Raw credential id, at most 1023 bytes, unique over all accounts. */
  readonly credentialId: Buffer;
  readonly accountId: AccountId;
  /** COSE key as the authenticator gave it. */
  readonly publicKey: Buffer;
  readonly algorithm: number;
  readonly signCount: number;
  /** BE: may be synced. Never changes (WebAuthn L3 §6.1.3). */
  readonly backupEligible: boolean;
  /** BS: is synced now. */
  readonly backedUp: boolean;
  readonly transports: readonly string[];
  readonly aaguid: string;
  /** When it was made, its maker attested that it is in hardware of that model. */
  readonly attested: boolean;
  readonly name: string;
  readonly createdAt: Date;
  readonly lastUsedAt: Date | undefined;
  readonly madeBy: PasskeyOrigin;
  /** Held until then: it signs in, but only as `basic`, and confirms nothing. Undefined: it never was held. */
  readonly stepUpFrom: Date | undefined;
  /** When its sign count went back: two copies of its key may exist, so it never steps up again. */
  readonly regressedAt: Date | undefined;
  /** When BS last became another value: it was synced, or stopped being. */
  readonly backupChangedAt: Date | undefined;
  /** Removed: it opens nothing, but its holder can prove who asks, and be told that it is gone. */
  readonly removedAt: Date | undefined;
}
