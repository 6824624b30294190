import type { AccountId } from './account.js';
import type { Passkey } from './passkey.js';

export interface PasskeyStore {
  /** `duplicate` when the credential id is registered already, to whomever. */
  insert(passkey: Passkey): Promise<'inserted' | 'duplicate'>;
  find(credentialId: Uint8Array): Promise<Passkey | undefined>;
  listOf(accountId: AccountId): Promise<Passkey[]>;
  /** Writes what an accepted assertion changed. */
  recordUse(credentialId: Uint8Array, use: { signCount: number; backedUp: boolean; at: Date }): Promise<void>;
}
