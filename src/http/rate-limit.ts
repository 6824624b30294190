import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import type { Config } from '../config/schema.js';
import { addressBucket } from '../lib/address-bucket.js';

/** What is limited, by the setting's name without `_per_minute_…`. */
export type Budget = 'requests' | 'interactions' | 'introspections' | 'backchannel';

export interface RateLimiter {
  /**
   * Takes one from the budget of `key`: an address; for introspections also a client_id, for backchannel whoever asks.
   * @returns seconds to wait when the budget is spent, else undefined
   */
  take(budget: Budget, key: string): Promise<number | undefined>;
}

/**
 * Budgets of this node, asked before any signature is checked (threat 30). Kept in memory: a node's own work is what
 * they protect.
 */
export function createRateLimiter(limits: Config['limits']): RateLimiter {
  const perMinute = (points: number) => new RateLimiterMemory({ points, duration: 60 });
  const limiters: Readonly<Record<Budget, RateLimiterMemory>> = {
    requests: perMinute(limits.requests_per_minute_per_address),
    interactions: perMinute(limits.interactions_per_minute_per_address),
    backchannel: perMinute(limits.backchannel_per_minute_per_client),
    introspections: perMinute(limits.introspections_per_minute_per_client),
  };
  return {
    take: async (budget, key) => {
      try {
        await limiters[budget].consume(addressBucket(key));
        return undefined;
      } catch (spent) {
        if (!(spent instanceof RateLimiterRes)) throw spent;
        return Math.max(1, Math.ceil(spent.msBeforeNext / 1000));
      }
    },
  };
}
