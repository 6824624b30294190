import type { AccountId } from './account.js';

/** Which browsers have signed in to which account. A mark lives as long as the account's generation. */
export interface KnownBrowserStore {
  /** Marks the browser at the account under each digest. Nothing happens when there is no such account. */
  remember(digests: readonly Uint8Array[], accountId: AccountId, expiresAt: Date): Promise<void>;
  /** Whether there is a mark that lives. */
  knows(digest: Uint8Array, now: Date): Promise<boolean>;
}
