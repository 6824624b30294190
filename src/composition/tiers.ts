import type { Tiers } from '../stepup/tiers.js';
import type { Observed } from './observed.js';
import type { AppOptions } from './options.js';

/** The tiers of the configuration. */
export function openTiers({ config }: AppOptions, _observed: Observed): Tiers {
  return { current: config.tiers };
}
