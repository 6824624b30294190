import type { Brand } from './brand.js';

/** A day of UTC as `2026-11-23`: such texts sort as their days do. */
export type CalendarDay = Brand<string, 'CalendarDay'>;

/** @param at milliseconds since the epoch */
export function calendarDay(at: number): CalendarDay {
  return new Date(at).toISOString().slice(0, 10) as CalendarDay;
}
