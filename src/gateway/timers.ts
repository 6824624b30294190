import type { Clock } from '../lib/clock.js';

/** Time that only goes forward, whatever is done to the clock on the wall. Says how long ago, never when. */
export const monotonicClock: Clock = { now: () => performance.now() };

/** Does things later, as an argument, so that tests need not wait. Keeps no process alive. */
export interface Timers {
  /** Returns how to call it off. */
  after(milliseconds: number, run: () => void): () => void;
}

export const systemTimers: Timers = {
  after: (milliseconds, run) => {
    const timer = setTimeout(run, milliseconds).unref();
    return () => clearTimeout(timer);
  },
};
