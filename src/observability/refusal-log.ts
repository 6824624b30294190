import type { Clock } from '../lib/clock.js';
import { harmless } from '../lib/harmless.js';
import { printable } from '../lib/printable.js';
import type { Refusal, RefusalCode } from '../lib/refusal.js';
import { refusals } from '../lib/refusal.js';
import type { Logger } from './logger.js';
import type { Metrics } from './metrics.js';
import type { RecordedRefusal, RefusalStore } from './refusal-store.js';
import { scrubSecrets } from './scrub.js';

/** The request that was refused. `path` without its query; only its plain words are kept. */
export interface RefusedRequest {
  readonly requestId: string;
  readonly method: string;
  readonly path: string;
  readonly clientId?: string | undefined;
}

export interface RefusalLog {
  /** Tells the log and the metrics, and keeps the refusal for `holdfast explain`. Never throws, never waits. */
  note(refusal: Refusal, request: RefusedRequest): void;
  /** Writes what is kept in memory. Never throws. */
  flush(): Promise<void>;
  /** Flushes a last time and stops the timer. */
  close(): Promise<void>;
}

export interface RefusalLogOptions {
  readonly store: Pick<RefusalStore, 'record'>;
  readonly logger: Logger;
  readonly metrics: Pick<Metrics, 'refused' | 'refusalsDropped'>;
  readonly clock: Clock;
  /** Most refusals kept in memory; further ones are only logged. A flood must not become the database's flood. */
  readonly capacity?: number;
  /** Milliseconds between two writes. */
  readonly flushEvery?: number;
}

const longestText = 500;
/**
 * A flood is told by log and metrics; kept row by row, the limit that answers it would fill the disk. And who polls as she
 * should is refused every few seconds.
 */
const unkept: ReadonlySet<RefusalCode> = new Set(['rate_limited', 'backchannel_pending']);

export function createRefusalLog(options: RefusalLogOptions): RefusalLog {
  const { store, logger, metrics, clock, capacity = 1000, flushEvery = 1000 } = options;
  let waiting: RecordedRefusal[] = [];
  let writing: Promise<void> | undefined;

  const write = async () => {
    const batch = waiting;
    waiting = [];
    try {
      if (batch.length > 0) await store.record(batch);
    } catch (error) {
      // The database is away: they wait for the next turn, as far as there is room.
      const room = Math.max(0, capacity - waiting.length);
      waiting = [...batch.slice(0, room), ...waiting];
      if (batch.length > room) metrics.refusalsDropped(batch.length - room);
      logger.warn({ err: error, refusals: batch.length }, 'refusals could not be kept for holdfast explain');
    }
  };
  const flush = async () => {
    if (writing !== undefined) await writing;
    writing = write();
    await writing;
    writing = undefined;
  };
  const timer = setInterval(() => {
    if (waiting.length > 0 && writing === undefined) void flush();
  }, flushEvery);
  timer.unref();

  return {
    note: (refusal, request) => {
      const record = recordOf(refusal, request, clock);
      metrics.refused(refusal.code);
      const level = refusals[refusal.code].status >= 500 ? 'error' : 'info';
      logger[level](
        {
          refusal: record.code,
          request_id: record.requestId,
          method: record.method,
          path: record.path,
          client_id: record.clientId,
          detail: record.detail,
        },
        `refused: ${record.code}`,
      );
      if (unkept.has(refusal.code)) return;
      if (waiting.length < capacity) waiting.push(record);
      else metrics.refusalsDropped(1);
    },
    flush,
    close: async () => {
      clearInterval(timer);
      await flush();
    },
  };
}

function recordOf(refusal: Refusal, request: RefusedRequest, clock: Clock): RecordedRefusal {
  // A stranger chose the text, and `holdfast explain` shows it on the operator's terminal, which obeys control characters.
  const safe = (text: string) => printable(scrubSecrets(text).slice(0, longestText), '\u{FFFD}');
  return {
    requestId: request.requestId,
    at: new Date(clock.now()),
    code: refusal.code,
    detail: refusal.detail === undefined ? undefined : safe(refusal.detail),
    method: request.method,
    path: harmless(request.path),
    clientId: request.clientId === undefined ? undefined : safe(request.clientId),
  };
}
