import type { AccountId } from '../accounts/account.js';
import type { Circumstances } from '../accounts/circumstances.js';
import type { Brand } from '../lib/brand.js';

export type DeviceId = Brand<string, 'DeviceId'>;

/**
 * `browser`: one that signed in here. `app`: a program whose tokens no sign-in in a browser of hers brought (a terminal, a
 * server, an exchange).
 */
export type DeviceKind = 'browser' | 'app';

/**
 * `dpop`, `certificate`: tokens are bound to it. `dbsc`: holds a session. `passkey`: was added on it. `browser`: no key but a
 * secret that the browser was told; a copy of it opens nothing.
 */
export type DeviceKeyKind = 'dpop' | 'certificate' | 'dbsc' | 'passkey' | 'browser';

/** How a key of a device was met, for whoever judges how unbroken its use is. */
export interface KeyOfDevice {
  /** RFC 7638, x5t#S256, a credential id, or the digest of a browser's secret. */
  readonly thumbprint: string;
  readonly kind: DeviceKeyKind;
  readonly firstSeenAt: Date;
  readonly lastSeenAt: Date;
  readonly timesSeen: number;
}

/** A thing of a person's: her browser on one machine with the apps that she uses there, or a program elsewhere. */
export interface Device extends Pick<Circumstances, 'place'> {
  readonly id: DeviceId;
  readonly accountId: AccountId;
  readonly kind: DeviceKind;
  /** What she calls it. */
  readonly name: string | undefined;
  /** What it says of itself: `Chrome on macOS`, the name of the client. */
  readonly label: string | undefined;
  readonly createdAt: Date;
  /** When somebody last signed in with it, or got tokens for it by a login; refreshing is no login. */
  readonly lastSeenAt: Date;
  /** Last seen first. */
  readonly keys: readonly KeyOfDevice[];
}
