import type { Account, AccountId } from './account.js';

export interface AccountStore {
  /** `login_taken`, `email_taken` when another account has the login or the address. */
  insert(account: Account): Promise<'inserted' | 'login_taken' | 'email_taken'>;
  find(id: AccountId): Promise<Account | undefined>;
  findByLogin(login: string): Promise<Account | undefined>;
  findByEmail(email: string): Promise<Account | undefined>;
  /** To be called last in its transaction: of two that take one address at once, the loser's is rolled back. */
  setEmail(id: AccountId, email: string): Promise<'changed' | 'email_taken' | 'unknown'>;
  setLocale(id: AccountId, locale: string): Promise<void>;
  /** Never shortens a hold. */
  holdPaidTiers(id: AccountId, until: Date): Promise<void>;
  /** Oldest first, at most `limit`, after the account `after`. */
  list(page: { limit: number; after?: AccountId }): Promise<Account[]>;
  /** Disables and revokes everything of the account. False when there is none. */
  disable(id: AccountId, at: Date): Promise<boolean>;
  enable(id: AccountId): Promise<boolean>;
  /** Moves the account's generation: every token, grant and session of it dies at once. False when there is none. */
  revoke(id: AccountId): Promise<boolean>;
  /** Deletes the account and all that it owns: its tokens, sessions and grants die with it. False when there is none. */
  remove(id: AccountId): Promise<boolean>;
}
