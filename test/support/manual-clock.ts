import type { Clock } from '../../src/lib/clock.js';

/** A clock that moves only when told. */
export interface ManualClock extends Clock {
  advance(seconds: number): void;
}

export function manualClock(start = Date.UTC(2026, 5, 1, 12)): ManualClock {
  let milliseconds = start;
  return {
    now: () => milliseconds,
    advance: (seconds) => {
      milliseconds += seconds * 1000;
    },
  };
}
