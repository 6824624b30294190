import type { TierConfig } from '../config/tiers-schema.js';

export type Tier = TierConfig;

/** The tiers as they are now: an operator may change them while calls run. */
export interface Tiers {
  /** Cheapest first. */
  readonly current: readonly Tier[];
}
