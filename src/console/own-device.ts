import type { Device } from '../binding/device.js';
import type { SignedInBrowser } from '../provider/session-store.js';

/** A device as its owner sees it: with what stands on it. */
export interface OwnDevice extends Device {
  /** Those that still work, last used first. */
  readonly sessions: readonly SignedInBrowser[];
  /** Names of the apps that were let in from there and still are. */
  readonly apps: readonly string[];
  /** The one that shows the page. */
  readonly here: boolean;
}

/** Everything that can act for her. */
export interface OwnDevices {
  /** This device first, then the last used. */
  readonly devices: readonly OwnDevice[];
  /** Sessions of no device: signed in before devices were written down. */
  readonly others: readonly SignedInBrowser[];
}
