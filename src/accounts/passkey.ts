import type { AccountId } from './account.js';

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
  readonly name: string;
  readonly createdAt: Date;
  readonly lastUsedAt: Date | undefined;
}
