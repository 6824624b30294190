import { calendarDay } from '../lib/calendar-day.js';
import type { Clock } from '../lib/clock.js';
import type { Logger } from '../observability/logger.js';
import type { ObservedCall, ObservedCount } from './observation.js';
import type { ObservationStore } from './observation-store.js';

/** Counts what would be refused. A call never waits for it. */
export interface ObservationLog {
  note(call: ObservedCall): void;
  /** Writes what is kept in memory. Never throws. */
  flush(): Promise<void>;
  /** Flushes a last time and stops the timer. */
  close(): Promise<void>;
}

export interface ObservationLogOptions {
  readonly store: Pick<ObservationStore, 'add'>;
  readonly logger: Pick<Logger, 'warn'>;
  readonly clock: Clock;
  /** Most different counts in memory; beyond them calls are counted without their account. */
  readonly capacity?: number;
  /** Milliseconds between two writes. */
  readonly flushEvery?: number;
}

export function createObservationLog(options: ObservationLogOptions): ObservationLog {
  const { store, logger, clock, capacity = 5000, flushEvery = 1000 } = options;
  let counts = new Map<string, ObservedCount>();
  let writing: Promise<void> | undefined;

  const add = (count: ObservedCount): void => {
    const { day, resource, tier, code, clientId, accountId } = count;
    const name = JSON.stringify([day, resource, tier, code, clientId, accountId]);
    const known = counts.get(name);
    if (known) counts.set(name, { ...known, calls: known.calls + count.calls });
    else if (counts.size < capacity || accountId === undefined) counts.set(name, count);
    else add({ ...count, accountId: undefined });
  };
  const write = async (): Promise<void> => {
    const batch = counts;
    counts = new Map();
    try {
      if (batch.size > 0) await store.add([...batch.values()]);
    } catch (error) {
      logger.warn({ err: error, counts: batch.size }, 'what would be refused could not be counted yet');
      for (const count of batch.values()) add(count);
    }
  };
  const flush = async (): Promise<void> => {
    if (writing !== undefined) await writing;
    writing = write();
    await writing;
    writing = undefined;
  };
  const timer = setInterval(() => {
    if (counts.size > 0 && writing === undefined) void flush();
  }, flushEvery);
  timer.unref();

  return {
    note: (call) => add({ ...call, day: calendarDay(clock.now()), calls: 1 }),
    flush,
    close: async () => {
      clearInterval(timer);
      await flush();
    },
  };
}
