import type { AccountId } from './account.js';
import type { UpstreamIdentity, UpstreamSubject } from './upstream-identity.js';

export interface UpstreamIdentityStore {
  find(subject: UpstreamSubject): Promise<UpstreamIdentity | undefined>;
  /** False when it is linked already, to whatever account, or the account is gone; one statement (law 2). */
  link(identity: UpstreamIdentity): Promise<boolean>;
  recordUse(subject: UpstreamSubject, at: Date): Promise<void>;
  /** Oldest first. */
  listOf(accountId: AccountId): Promise<UpstreamIdentity[]>;
  /**
   * Removes one unless nothing else lets the person in: a passkey, a recovery code, or another identity whose issuer
   * is one of `usable`.
   * Of several at once on the last ways in, one stays.
   */
  unlink(
    accountId: AccountId,
    id: string,
    usable: readonly string[],
  ): Promise<'unlinked' | 'unknown' | 'last_way_in'>;
}
