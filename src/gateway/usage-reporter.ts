import type { Clock } from '../lib/clock.js';
import type { Random } from '../lib/random.js';
import { describeError, type AuthorizationServer } from './authorization-server.js';
import type { GuardNotice } from './guard-options.js';
import { retryDelay } from './retry-delay.js';
import { NotAnswered } from './server-connection.js';
import type { Timers } from './timers.js';
import { durably, type Durable } from './usage-durability.js';
import type { QueuedReport } from './usage-journal.js';
import type { UsageFate, UsageOptions, UsageReport, UsageReporter } from './usage-report.js';

export interface UsageReporterOptions {
  readonly usage?: UsageOptions;
  readonly server: Pick<AuthorizationServer, 'reportUsage'>;
  readonly clock: Clock;
  readonly random: Random;
  readonly timers: Timers;
  readonly onNotice?: (notice: GuardNotice) => void;
}

interface Waiting {
  readonly report: QueuedReport;
  readonly settle: (fate: UsageFate) => void;
}

const retries = { first: 500, most: 30_000 };
/** More would not fit into a request. */
const mostReports = 500;
const defaults = { capacity: 10_000, batch: 100, delayMilliseconds: 1000, closeMilliseconds: 5000 };

/**
 * At least once: a report leaves the queue when the authorization server has answered for it, and is sent again until then.
 * What arrives twice is counted once, by its call.
 */
export function createUsageReporter(
  options: UsageReporterOptions,
): UsageReporter & { close(): Promise<void> } {
  return new BatchedReporter(options);
}

class BatchedReporter implements UsageReporter {
  readonly #options: UsageReporterOptions;
  readonly #settings: typeof defaults;
  readonly #journal: Durable | undefined;
  readonly #delay;
  #queue: Waiting[] = [];
  /** How many go into the next request: fewer while one that is refused is looked for. */
  #limit: number;
  #sending: Promise<boolean> | undefined;
  #callOff: (() => void) | undefined;
  #failing = false;
  #closed = false;

  constructor(options: UsageReporterOptions) {
    this.#options = options;
    const settings = { ...defaults, ...options.usage };
    this.#settings = { ...settings, batch: Math.min(settings.batch, mostReports) };
    this.#limit = this.#settings.batch;
    this.#delay = retryDelay(options.random, retries);
    const { journal } = options.usage ?? {};
    if (journal === undefined) return;
    this.#journal = durably(journal, {
      waiting: () => this.#queue.map(({ report }) => report),
      onLeft: (left) => this.#takeOver(left),
      onFailure: (detail) => this.#notice({ kind: 'journal_failed', detail }),
    });
  }

  async report(usage: UsageReport): Promise<UsageFate> {
    const { callId } = usage;
    const wrong = this.#closed ? 'the guard is closed' : malformation(usage);
    if (wrong !== undefined) {
      this.#notice({ kind: this.#closed ? 'usage_lost' : 'usage_refused', callId, detail: wrong });
      return this.#closed ? 'lost' : 'refused';
    }
    if (this.#queue.length >= this.#settings.capacity) {
      this.#notice({ kind: 'usage_lost', callId, detail: 'too many reports wait to be sent' });
      return 'lost';
    }
    const report = toQueued(usage, new Date(this.#options.clock.now()));
    const sent = new Promise<UsageFate>((settle) => this.#queue.push({ report, settle }));
    this.#plan(this.#queue.length >= this.#settings.batch ? 0 : this.#settings.delayMilliseconds);
    // Without a journal, or where it fails, only the authorization server can say that it is safe.
    return (await this.#journal?.append(report)) === true ? 'kept' : sent;
  }

  async flush(): Promise<void> {
    await this.#journal?.opened;
    // One batch after the other.
    // oxlint-disable-next-line no-await-in-loop
    while (this.#queue.length > 0) if (!(await this.#send())) return;
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    const { timers } = this.#options;
    let late = false;
    let callOff = (): void => {};
    const deadline = new Promise<void>((resolve) => {
      callOff = timers.after(this.#settings.closeMilliseconds, () => {
        late = true;
        resolve();
      });
    });
    await this.#journal?.opened;
    while (this.#queue.length > 0 && !late) {
      // oxlint-disable-next-line no-await-in-loop
      const went = await this.#send();
      // oxlint-disable-next-line no-await-in-loop
      if (!went) await Promise.race([this.#pause(), deadline]);
    }
    callOff();
    this.#callOff?.();
    const kept = (await this.#journal?.close()) === true;
    for (const { report, settle } of this.#queue.splice(0)) {
      settle(kept ? 'kept' : 'lost');
      const detail = 'unsent when the guard was closed';
      if (!kept) this.#notice({ kind: 'usage_lost', callId: report.call_id, detail });
    }
  }

  #takeOver(left: readonly QueuedReport[]): void {
    this.#queue = [...left.map((report) => ({ report, settle: () => {} })), ...this.#queue];
    if (left.length > 0) this.#plan(0);
  }

  #plan(milliseconds: number): void {
    if (this.#closed || this.#callOff) return;
    this.#callOff = this.#options.timers.after(milliseconds, () => {
      this.#callOff = undefined;
      void this.#send().then((went) => {
        if (this.#queue.length > 0) this.#plan(went ? 0 : this.#delay.next());
      });
    });
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => void this.#options.timers.after(this.#delay.next(), resolve));
  }

  /** Whether it went on: a batch was answered for. One request at a time. */
  #send(): Promise<boolean> {
    this.#sending ??= this.#sendBatch().finally(() => {
      this.#sending = undefined;
    });
    return this.#sending;
  }

  async #sendBatch(): Promise<boolean> {
    const batch = this.#queue.slice(0, this.#limit);
    if (batch.length === 0) return true;
    try {
      await this.#options.server.reportUsage(batch.map(({ report }) => report));
    } catch (error) {
      if (isRefusal(error)) return this.#refused(batch, describeError(error));
      if (!this.#failing) {
        const waiting = this.#queue.length;
        this.#notice({ kind: 'usage_delayed', waiting, detail: describeError(error) });
      }
      this.#failing = true;
      return false;
    }
    this.#failing = false;
    this.#delay.reset();
    this.#limit = Math.min(this.#settings.batch, this.#limit * 2);
    this.#done(batch, 'kept');
    return true;
  }

  /** One of them will never be taken: it is found by halves, and only it is dropped. */
  #refused(batch: readonly Waiting[], detail: string): true {
    const [only] = batch;
    if (batch.length > 1 || !only) this.#limit = Math.ceil(batch.length / 2);
    else {
      this.#notice({ kind: 'usage_refused', callId: only.report.call_id, detail });
      this.#done(batch, 'refused');
    }
    return true;
  }

  #done(batch: readonly Waiting[], fate: UsageFate): void {
    const done = new Set(batch);
    this.#queue = this.#queue.filter((each) => !done.has(each));
    for (const { settle } of batch) settle(fate);
    this.#journal?.sent(batch.length);
  }

  #notice(notice: GuardNotice): void {
    this.#options.onNotice?.(notice);
  }
}

/** What /usage says of a report that it will never take; a batch that is too long is told in the same way. */
function isRefusal(error: unknown): boolean {
  return error instanceof NotAnswered && [400, 413, 422].includes(error.status);
}

function malformation({
  callId,
  inputTokens = 0,
  outputTokens = 0,
  cost = 0,
}: UsageReport): string | undefined {
  if (callId === '') return 'no call is named';
  const isCount = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;
  return [inputTokens, outputTokens, cost].every(isCount)
    ? undefined
    : 'tokens and cost are whole numbers from 0';
}

function toQueued({ callId, inputTokens, outputTokens, cost, outcome }: UsageReport, at: Date): QueuedReport {
  return {
    call_id: callId,
    ...(inputTokens !== undefined && { input_tokens: inputTokens }),
    ...(outputTokens !== undefined && { output_tokens: outputTokens }),
    ...(cost !== undefined && { cost }),
    outcome,
    finished_at: at.toISOString(),
  };
}
