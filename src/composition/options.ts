import type { LoadedConfig } from '../config/load.js';
import type { Config } from '../config/schema.js';
import type { Clock } from '../lib/clock.js';
import type { Random } from '../lib/random.js';
import type { Logger } from '../observability/logger.js';
import type { Tiers } from '../stepup/tiers.js';
import type { Storage } from '../storage/storage.js';

export interface AppOptions {
  readonly config: Config;
  /** 32 bytes; see config/master-key.ts. */
  readonly masterKey: Uint8Array;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** Where the configuration came from, to read it again; unset: the tiers never change. */
  readonly source?: { readonly file: string; readonly load: () => LoadedConfig };
  /** An open database that the caller closes; unset: the config's, which the app opens and closes. */
  readonly storage?: Storage;
  /** Everything takes the long way: for tests that compare the two. */
  readonly withoutLanes?: boolean;
}

/** The same, and what may change while it runs. */
export interface RunningOptions extends AppOptions {
  readonly tiers: Tiers;
}
