import type { AccountId } from '../accounts/account.js';

export interface TierDeviceUse {
  readonly accountId: AccountId;
  readonly tier: string;
  /** Of the key that the call was made with; all keys of a device are one. */
  readonly thumbprint: string;
  /** Most devices of the account within a day. */
  readonly most: number;
  readonly now: Date;
}

export interface TierDeviceStore {
  /** False where as many other devices called the tier within a day; however many ask at once, no more are let in. */
  use(use: TierDeviceUse): Promise<boolean>;
}
