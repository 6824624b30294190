import type { AccountId } from './account.js';

export interface RecoveryCodeStore {
  /** Inside a transaction: the account has these codes and no others. */
  replace(accountId: AccountId, digests: readonly Buffer[], at: Date): Promise<void>;
  /** One atomic statement: true for exactly one caller ever. */
  take(accountId: AccountId, digest: Uint8Array, at: Date): Promise<boolean>;
  /** How many were not used yet. */
  countLeft(accountId: AccountId): Promise<number>;
}
