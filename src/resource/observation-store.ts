import type { CalendarDay } from '../lib/calendar-day.js';
import type { ObservedCount, ObservedLine } from './observation.js';

export interface ObservationStore {
  /** Adds to what is there, by one statement. */
  add(counts: readonly ObservedCount[]): Promise<void>;
  /** By day, resource, tier, code and client, the oldest first; from this day on. */
  report(since: CalendarDay): Promise<readonly ObservedLine[]>;
}
