import type { DeviceKey } from './device-key.js';

/** A session of an app that a key of one device holds. */
export interface DeviceSession {
  /** What the browser calls it. No secret: it opens nothing. */
  readonly id: string;
  /** Digest of what tells the app's own session apart. */
  readonly owner: string;
  readonly key: DeviceKey;
  /** Milliseconds since the epoch, as all times here. */
  readonly registeredAt: number;
  /** How many refreshes have succeeded. */
  readonly turn: number;
  readonly turnedAt: number;
  readonly endedAt?: number;
}
