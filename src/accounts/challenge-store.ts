import type { AccountId } from './account.js';

/** What a WebAuthn challenge was made for; it is good for nothing else. */
export type ChallengePurpose = 'sign_up' | 'sign_in' | 'confirm' | 'add_passkey' | 'approve';

export interface StoredChallenge {
  /** SHA-256 of the challenge's bytes. */
  readonly digest: Buffer;
  readonly purpose: ChallengePurpose;
  /** SHA-256 of what it hangs on: the uid of the interaction, or of the session where a change is confirmed. */
  readonly boundTo: Buffer;
  /** At sign-up: the account to be made. For a confirmation or another passkey: whose it is. */
  readonly accountId: AccountId | undefined;
  /** Whatever the ceremony must remember (login, display name, options). JSON. */
  readonly facts: Readonly<Record<string, unknown>>;
  readonly expiresAt: Date;
}

export interface ChallengeStore {
  put(challenge: StoredChallenge): Promise<void>;
  /**
   * Takes the challenge, once: of any number of parallel callers on any nodes one gets it, the rest undefined.
   * Undefined also when it is unknown or expired at `now`.
   */
  take(digest: Uint8Array, now: Date): Promise<StoredChallenge | undefined>;
}
