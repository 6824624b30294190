import type { WebhookConfig } from '../config/webhooks.js';
import type { Logger } from '../observability/logger.js';
import { continues } from './log-position-policy.js';
import type { RevocationLogReader } from './revocation-log-store.js';
import { missedMessage, revocationMessage, type WebhookMessage } from './webhook-message.js';
import { postToWebhook, webhookPatience, type WebhookPostPorts } from './webhook-post.js';
import type { WebhookStore, WebhookTurn } from './webhook-store.js';

export interface WebhookPorts extends WebhookPostPorts {
  readonly webhooks: readonly WebhookConfig[];
  readonly store: WebhookStore;
  readonly log: RevocationLogReader;
  readonly logger: Pick<Logger, 'warn' | 'error'>;
}

/** Milliseconds for which a node has a webhook alone; much longer than a delivery. */
const turn = 3 * webhookPatience;
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
      const failure = message && (await postToWebhook(this.#ports, webhook, message));
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

  async #failed(mine: WebhookTurn, failure: string): Promise<void> {
    const { store, clock, logger } = this.#ports;
    const { id: webhook, attempts } = mine;
    const level = attempts >= alarming ? 'error' : 'warn';
    logger[level]({ webhook, attempts, failure }, 'a webhook did not take a revocation yet');
    await store.end(mine, new Date(clock.now() + webhookDelay(attempts)), true);
  }
}
