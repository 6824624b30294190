import type { AccountId } from '../accounts/account.js';
import type { Device, DeviceId } from './device.js';

/** Devices are made where tokens are stored (AccessTokenStore.insert), so that none is forgotten. */
export interface DeviceStore {
  /** Last seen first. */
  listOf(accountId: AccountId): Promise<Device[]>;
  /** Moves the device's generation: its tokens die. A new login makes new ones. False when there is no such device. */
  revoke(id: DeviceId): Promise<boolean>;
}
