import { calendarDay } from '../../src/lib/calendar-day.js';
import { systemClock } from '../../src/lib/clock.js';

const day = 86_400_000;

/** The day (UTC) that begins in this many days at the most, as the configuration says it. */
export function dayAhead(days: number): string {
  return calendarDay(systemClock.now() + days * day);
}

/** A month of observing, as settings of a resource or a tier. */
export const observing = { enforcement: 'observe', observe_until: dayAhead(30) } as const;

/** A month of bearer credentials on the cheapest of the default tiers. */
export const bearerAllowed = {
  tier: 'standard',
  cap_per_credential: '0.05',
  cap_in_all: '0.08',
  until: dayAhead(30),
} as const;
