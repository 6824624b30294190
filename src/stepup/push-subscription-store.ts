import type { AccountId } from '../accounts/account.js';
import type { PushSubscription, PushSubscriptionId } from './push-subscription.js';

/** As it is kept: where the messages go is sealed (law 7). */
export interface SealedPushSubscription extends PushSubscription {
  readonly sealed: string;
}

export interface PushSubscriptionStore {
  /**
   * Keeps it under the account's present generation, in place of what the same endpoint had, for whomever. Nothing is
   * kept for an account that is gone. An account has `most` of them; older ones give way.
   */
  put(subscription: SealedPushSubscription, most: number): Promise<void>;
  /** Newest first, of the present generation. */
  listOf(accountId: AccountId): Promise<readonly SealedPushSubscription[]>;
  /** False when the account has no such subscription. */
  remove(accountId: AccountId, id: PushSubscriptionId): Promise<boolean>;
  recordDelivery(id: PushSubscriptionId, at: Date): Promise<void>;
}
