import type { AccountId } from '../accounts/account.js';
import type { Brand } from '../lib/brand.js';

export type DeviceId = Brand<string, 'DeviceId'>;

/** A key with which a person's tokens were issued to an app, on one of her machines. */
export interface Device {
  readonly id: DeviceId;
  readonly accountId: AccountId;
  /** RFC 7638, or x5t#S256 of its certificate. */
  readonly thumbprint: string;
  readonly createdAt: Date;
  /** When a login last got tokens for it; refreshing is no login. */
  readonly lastSeenAt: Date;
}
