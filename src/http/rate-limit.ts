import type { Config } from '../config/schema.js';
import { addressBucket } from '../lib/address-bucket.js';
import type { Clock } from '../lib/clock.js';

/** What is limited, by the setting's name without `_per_minute_…`. */
export type Budget = 'requests' | 'interactions' | 'introspections' | 'backchannel';

export interface RateLimiter {
  /**
   * Takes one from the budget of `key`: an address; for introspections also a client_id, for backchannel whoever asks.
   * @returns seconds to wait when the budget is spent, else undefined
   */
  take(budget: Budget, key: string): number | undefined;
}

/** A minute that began with the first request of a key. */
interface Minute {
  taken: number;
  readonly until: number;
}

const minute = 60_000;

/**
 * Budgets of this node, asked before any signature is checked (threat 30). Kept in memory: a node's own work is what
 * they protect. They answer at once, for they stand before every call of every model.
 */
export function createRateLimiter(limits: Config['limits'], clock: Clock): RateLimiter {
  const budgets: Readonly<Record<Budget, (key: string) => number | undefined>> = {
    requests: perMinute(limits.requests_per_minute_per_address, clock),
    interactions: perMinute(limits.interactions_per_minute_per_address, clock),
    backchannel: perMinute(limits.backchannel_per_minute_per_client, clock),
    introspections: perMinute(limits.introspections_per_minute_per_client, clock),
  };
  return { take: (budget, key) => budgets[budget](addressBucket(key)) };
}

function perMinute(most: number, clock: Clock): (key: string) => number | undefined {
  const minutes = new Map<string, Minute>();
  let sweepAt = clock.now() + minute;
  return (key) => {
    const now = clock.now();
    // No minute ends later than this unless the clock was set back.
    if (now >= sweepAt || sweepAt - now > minute) {
      for (const [each, { until }] of minutes) if (isOver(until, now)) minutes.delete(each);
      sweepAt = now + minute;
    }
    const present = minutes.get(key);
    if (present === undefined || isOver(present.until, now)) {
      minutes.set(key, { taken: 1, until: now + minute });
      return undefined;
    }
    if (present.taken >= most) return Math.max(1, Math.ceil((present.until - now) / 1000));
    present.taken += 1;
    return undefined;
  };
}

function isOver(until: number, now: number): boolean {
  return until <= now || until - now > minute;
}
