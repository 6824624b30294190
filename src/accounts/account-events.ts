import type { AccountId } from './account.js';
import type { Authentication } from './authentication.js';

/** What accounts tells whoever watches. Never throws, never holds a secret. */
export interface AccountEvents {
  passkeyRegistered(event: { accountId: AccountId; backupEligible: boolean; aaguid: string }): void;
  signedIn(event: Authentication): void;
  /** A ceremony was refused; `step` is the refusal's detail. */
  passkeyRejected(event: { purpose: 'sign_up' | 'sign_in'; step: string; accountId?: AccountId }): void;
  /** WebAuthn L3 §6.1.1: two copies of one key may exist. */
  signCountRegressed(event: { accountId: AccountId; stored: number; presented: number }): void;
}

export const silentAccountEvents: AccountEvents = {
  passkeyRegistered: () => {},
  signedIn: () => {},
  passkeyRejected: () => {},
  signCountRegressed: () => {},
};
