import type { Clock } from '../lib/clock.js';
import type { Random } from '../lib/random.js';
import type { DeviceSessionEvent } from './device-session-event.js';
import type { DeviceSessionStore } from './device-session-store.js';

export interface DeviceSessionOptions {
  /** Scheme, host and port under which browsers reach this app: `https://app.example`. Never taken from Host. */
  readonly origin: string;
  /** At least 32 bytes that nobody else knows, the same on every node. */
  readonly key: Uint8Array;
  /** Default: in memory, for one process whose own sessions are gone with it, too. */
  readonly store?: DeviceSessionStore;
  /** Name of the bound cookie. Default `__Host-bound`. */
  readonly cookie?: string;
  /** Seconds that a bound cookie lives: how long a stolen one can be used. Default 600; browsers can't do with less than 300. */
  readonly life?: number;
  /** Paths, with all beneath them, that need no session: the login page, assets. The browser asks there without waiting. */
  readonly exclude?: readonly string[];
  /** Hosts of other sites whose links and frames may make the browser refresh first; `*` stands for all. */
  readonly allowedRefreshInitiators?: readonly string[];
  /** Origin of the provider whose key sessions here may share (`offer`). */
  readonly provider?: string;
  /** Where the browser registers and refreshes. Default `/dbsc`. */
  readonly path?: string;
  /** For the app's log. */
  readonly onEvent?: (event: DeviceSessionEvent) => void;
  readonly clock?: Clock;
  readonly random?: Random;
}
