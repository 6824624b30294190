import type { AccountId } from './account.js';

/** What accounts tells whoever watches. Never throws, never holds a secret. */
export interface AccountEvents {
  passkeyRegistered(event: { accountId: AccountId; backupEligible: boolean; aaguid: string }): void;
  signedUp(event: { accountId: AccountId }): void;
  signedIn(event: { accountId: AccountId; acr: string }): void;
  /** A ceremony was refused; `detail` names the step. */
  passkeyRejected(event: { detail: string; accountId?: AccountId }): void;
  /** WebAuthn L3 §6.1.1: two copies of one key may exist. */
  signCountRegressed(event: { accountId: AccountId; stored: number; presented: number }): void;
}
