import type { AccountId } from '../accounts/account.js';
import type { Circumstances } from '../accounts/circumstances.js';
import type { Device, DeviceId, DeviceKeyKind } from './device.js';

/** A browser of hers in which somebody has just proven to be she. */
export interface SightedBrowser extends Circumstances {
  readonly accountId: AccountId;
  /** Digest of the secret that the browser keeps. */
  readonly browserKey: string;
  /** For one that was never seen. */
  readonly newId: DeviceId;
  readonly at: Date;
}

export interface Sighting {
  readonly id: DeviceId;
  /** It was never seen, or was cut off since. */
  readonly isNew: boolean;
  /** The account had no device of this kind before. */
  readonly isFirst: boolean;
}

/** A key that was met in a session. */
export interface SightedKey {
  readonly accountId: AccountId;
  readonly sessionUid: string;
  readonly kind: DeviceKeyKind;
  readonly thumbprint: string;
  readonly at: Date;
}

/** What came of a device that was not hers. */
export interface Disowned {
  readonly sessions: number;
  readonly passkeys: readonly string[];
  readonly grants: number;
}

/**
 * Devices with keys that tokens are bound to are made where tokens are stored (AccessTokenStore.insert), so that none is
 * forgotten.
 */
export interface DeviceStore {
  /** Those that are not cut off, last seen first. */
  listOf(accountId: AccountId): Promise<Device[]>;
  find(accountId: AccountId, id: DeviceId): Promise<Device | undefined>;
  /** Undefined when there is no such account (any more). */
  sightBrowser(sighted: SightedBrowser): Promise<Sighting | undefined>;
  /** Whoever holds the session's device is the owner of the key from now on; nothing where the session has no device. */
  sightKey(key: SightedKey): Promise<void>;
  rename(accountId: AccountId, id: DeviceId, name: string | undefined): Promise<boolean>;
  /** Forgets the longest unseen ones over `most`, with all that hangs on them; their ids. */
  limit(accountId: AccountId, most: number, at: Date): Promise<DeviceId[]>;
  /**
   * Moves the device's generation and ends its sessions: its tokens die. A new login makes new ones. False when there is
   * no such device.
   */
  revoke(id: DeviceId, at: Date): Promise<boolean>;
  /**
   * The same, and for good: its keys make no token again, and the grants, approvals and passkeys that came of it go; of the
   * passkeys never the last one. Undefined when the account has no such device.
   */
  disown(accountId: AccountId, id: DeviceId, at: Date): Promise<Disowned | undefined>;
}
