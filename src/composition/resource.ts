import type { RateLimiter } from '../http/rate-limit.js';
import type { SigningKeys } from '../provider/signing-keys.js';
import type { ResourcePorts } from '../resource/resource-routes.js';
import type { Storage } from '../storage/storage.js';
import type { Observed } from './observed.js';
import type { RunningOptions } from './options.js';

/** What the endpoints for resource servers need. */
export function resourcePorts(
  storage: Storage,
  { config, tiers, clock, random }: RunningOptions,
  { events, metrics, refusalLog }: Observed,
  keys: SigningKeys,
  limiter: RateLimiter,
): ResourcePorts {
  return {
    ...storage,
    config,
    tiers,
    clock,
    random,
    keys,
    events,
    metrics,
    refusalLog,
    takeIntrospection: (clientId) => limiter.take('introspections', clientId),
  };
}
