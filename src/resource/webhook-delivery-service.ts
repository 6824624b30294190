import type { WebhookConfig } from '../config/webhooks.js';
import { epochSeconds, type Clock } from '../lib/clock.js';
import { codeOf } from '../lib/error-code.js';
import type { Logger } from '../observability/logger.js';
import { continues } from './log-position-policy.js';
import type { RevocationLogReader } from './revocation-log-store.js';
import { missedMessage, revocationMessage, signedHeaders, type WebhookMessage } from './webhook-message.js';
import type { WebhookStore, WebhookTurn } from './webhook-store.js';

export interface WebhookPorts {
  readonly webhooks: readonly WebhookConfig[];
  readonly store: WebhookStore;
  readonly log: RevocationLogReader;
  /** Connects to no private address and follows no redirect (threat 29). */
  readonly fetch: typeof globalThis.fetch;
  readonly clock: Clock;
  readonly logger: Pick<Logger, 'warn' | 'error'>;
}

/** Milliseconds after which one delivery is broken off; much shorter than a turn. */
const patience = 10_000;
const turn = 3 * patience;
/** Most revocations of one turn. */
const batch = 100;
const longestDelay = 5 * 60_000;
/** Failures in a row from which on it is an alarm. */
const alarming = 5;

/** Milliseconds until the next try: 1 s, then twice as long each time, five minutes at most; never given up. */
export function webhookDelay(attempts: number): number {
  return Math.min(longestDelay, 1000 * 2 ** Math.min(20, Math.max(0, attempts - 1)));
}

/**
 * Posts each revocation to each webhook: in order, at least once, by one node at a time. How far a webhook has got stands in the
 * database, so that neither a crash nor a receiver that is away for days loses one.
 */
export class WebhookDeliveryService {
  readonly #ports: WebhookPorts;
  readonly #begun = new Set<string>();

  constructor(ports: WebhookPorts) {
    this.#ports = ports;
  }

  /** Delivers what is due; returns how many revocations are done with. Throws DatabaseUnavailable. */
  async deliverDue(): Promise<number> {
    const done = await Promise.all(this.#ports.webhooks.map((webhook) => this.#serve(webhook)));
    return done.reduce((sum, count) => sum + count, 0);
  }

  async #serve(webhook: WebhookConfig): Promise<number> {
    const { store, clock } = this.#ports;
    if (!this.#begun.has(webhook.id)) {
      await store.begin(webhook.id);
      this.#begun.add(webhook.id);
    }
    const now = clock.now();
    let mine = await store.claim(webhook.id, new Date(now), new Date(now + turn));
    if (!mine) return 0;
    const from = mine.sequence;
    for (const { message, sequence } of await this.#next(webhook, mine)) {
      const failure = message && (await this.#post(webhook, message));
      if (failure !== undefined) {
        await this.#failed(mine, failure);
        return mine.sequence - from;
      }
      const advanced = await store.advance(mine, sequence, new Date(clock.now() + turn));
      if (!advanced) return 0;
      mine = advanced;
    }
    await store.end(mine, new Date(clock.now()), false);
    return Math.abs(mine.sequence - from);
  }

  /** What comes next, each with the place that it leads to; a kind that is not wanted has no message. */
  async #next(
    { kinds }: WebhookConfig,
    { sequence }: WebhookTurn,
  ): Promise<{ readonly message?: WebhookMessage; readonly sequence: number }[]> {
    const { log, clock } = this.#ports;
    const { end, revocations } = await log.readAfter(sequence, batch);
    if (!continues({ ...end, sequence }, end, revocations)) {
      const message = missedMessage(end, sequence, new Date(clock.now()));
      return [{ message, sequence: end.sequence }];
    }
    const last = revocations.at(-1);
    return revocations.flatMap((each) => {
      const { sequence: place } = each;
      if (kinds.includes(each.kind)) return [{ message: revocationMessage(end.feed, each), sequence: place }];
      // What is not wanted is passed over, at the latest with the last.
      return each === last ? [{ sequence: place }] : [];
    });
  }

  /** Undefined when it was taken, else what was wrong. */
  async #post({ url, secret }: WebhookConfig, message: WebhookMessage): Promise<string | undefined> {
    const { fetch, clock } = this.#ports;
    try {
      const headers = signedHeaders(secret, message, epochSeconds(clock));
      const signal = AbortSignal.timeout(patience);
      const response = await fetch(url, { method: 'POST', headers, body: message.body, signal });
      await response.body?.cancel();
      return response.ok ? undefined : `it answered ${response.status}`;
    } catch (error) {
      return failureOf(error);
    }
  }

  async #failed(mine: WebhookTurn, failure: string): Promise<void> {
    const { store, clock, logger } = this.#ports;
    const { id: webhook, attempts } = mine;
    const level = attempts >= alarming ? 'error' : 'warn';
    logger[level]({ webhook, attempts, failure }, 'a webhook did not take a revocation yet');
    await store.end(mine, new Date(clock.now() + webhookDelay(attempts)), true);
  }
}

function failureOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const { cause } = error;
  return codeOf(error) ?? (cause instanceof Error ? (codeOf(cause) ?? cause.name) : error.name);
}
