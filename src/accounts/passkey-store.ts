import type { AccountId } from './account.js';
import type { Passkey } from './passkey.js';

export interface PasskeyUse {
  readonly signCount: number;
  readonly backedUp: boolean;
  readonly at: Date;
}

export interface PasskeyStore {
  /** `duplicate` when the credential id is registered already, to whomever; also when the account is gone. */
  insert(passkey: Passkey): Promise<'inserted' | 'duplicate'>;
  /** Inside a transaction: inserts it only while the account has no passkey; of any number at once, one. */
  insertFirst(passkey: Passkey): Promise<'inserted' | 'duplicate' | 'not_first'>;
  /** Also one that was removed. */
  find(credentialId: Uint8Array): Promise<Passkey | undefined>;
  /** Oldest first, without those that were removed. */
  listOf(accountId: AccountId): Promise<Passkey[]>;
  /**
   * Writes what an accepted assertion changed. `regressed` when the sign count is not greater than the stored one
   * (unless both are zero): nothing is written then but that, for ever. One statement, so that of two parallel
   * assertions with one count a single one is recorded.
   */
  recordUse(credentialId: Uint8Array, use: PasskeyUse): Promise<'recorded' | 'regressed'>;
  /** False when the account has no such passkey. */
  rename(accountId: AccountId, credentialId: Uint8Array, name: string): Promise<boolean>;
  /**
   * Removes a passkey of the account. Never the last one, unless an e-mail address and an unused recovery code still
   * let the person in. One statement: of two parallel removals of the last two, one is `last`. Its public key stays
   * until the account is deleted.
   */
  remove(accountId: AccountId, credentialId: Uint8Array, at: Date): Promise<'removed' | 'last' | 'unknown'>;
  /**
   * Inside a transaction: removes a passkey that was not the only way in before it came. `usable`: issuers whose
   * identities let somebody in. `last` when neither another passkey nor an identity nor a recovery code is left.
   */
  removeHeld(
    accountId: AccountId,
    credentialId: Uint8Array,
    { at, usable }: { readonly at: Date; readonly usable: readonly string[] },
  ): Promise<'removed' | 'last' | 'unknown'>;
  /** Removes what was added to the account at `since` or later and before `before`, the last one too; returns what it was. */
  removeAddedSince(
    accountId: AccountId,
    added: { readonly since: Date; readonly before?: Date | undefined },
    at: Date,
  ): Promise<Passkey[]>;
}
