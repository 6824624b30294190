import type { AccountEvent } from './account-event.js';
import type { AccountId } from './account.js';

export interface AccountEventStore {
  /** Nothing happens when the account is gone. */
  insert(event: AccountEvent): Promise<void>;
  /** Newest first, at most `limit`. */
  listOf(accountId: AccountId, limit: number): Promise<AccountEvent[]>;
}
