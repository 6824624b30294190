import type { Account, AccountId } from './account.js';

export interface AccountStore {
  /** `login_taken` when another account has the login. */
  insert(account: Account): Promise<'inserted' | 'login_taken'>;
  find(id: AccountId): Promise<Account | undefined>;
  findByLogin(login: string): Promise<Account | undefined>;
  /** Oldest first, at most `limit`, after the account `after`. */
  list(page: { limit: number; after?: AccountId }): Promise<Account[]>;
  /** Disables and revokes everything of the account. False when there is none. */
  disable(id: AccountId, at: Date): Promise<boolean>;
  enable(id: AccountId): Promise<boolean>;
  /** Moves the account's generation: every token, grant and session of it dies at once. False when there is none. */
  revoke(id: AccountId): Promise<boolean>;
}
