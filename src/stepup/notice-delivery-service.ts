import type { Clock } from '../lib/clock.js';
import { codeOf } from '../lib/error-code.js';
import { open } from '../lib/seal.js';
import { claimLife, retryDelay } from '../mail/delivery-policy.js';
import type { ClaimedLetter, OutboxStore } from '../mail/outbox-store.js';
import type { SecurityEvents } from '../observability/events.js';
import type { Logger } from '../observability/logger.js';
import type { Notice, NoticeSender, NoticeSenders } from './notice.js';

export interface NoticeDeliveryPorts {
  readonly store: OutboxStore;
  /** 32 bytes. */
  readonly key: Uint8Array;
  readonly clock: Clock;
  readonly senders: NoticeSenders;
  readonly logger: Pick<Logger, 'warn'>;
  readonly events: Pick<SecurityEvents, 'noticeGivenUp'>;
}

const batch = 20;
/** Milliseconds after which one delivery is broken off; much shorter than the claim to a notice. */
const patience = 10_000;

/** Takes notices out of the outbox and sends them, each at least once; twice only if we die right in between. */
export class NoticeDeliveryService {
  readonly #ports: NoticeDeliveryPorts;

  constructor(ports: NoticeDeliveryPorts) {
    this.#ports = ports;
  }

  /** Sends what is due and those of `own` that nobody took; returns how many it took. Throws DatabaseUnavailable. */
  async deliverDue(own: readonly string[]): Promise<number> {
    const { store, clock } = this.#ports;
    const now = clock.now();
    const claim = { own, now: new Date(now), until: new Date(now + claimLife) };
    const notices = await store.claim({ ...claim, limit: Math.max(batch, own.length) });
    await Promise.all(notices.map((each) => this.#deliver(each)));
    return notices.length;
  }

  async #deliver(claimed: ClaimedLetter): Promise<void> {
    const { store, clock, logger } = this.#ports;
    const notice = await this.#unseal(claimed);
    if (!notice) return this.#giveUp(claimed, undefined, 'sealed with another key');
    const { kind } = notice;
    if (clock.now() >= claimed.giveUpAt.getTime()) return this.#giveUp(claimed, kind, 'too late');
    try {
      if ((await this.#send(notice)) === 'gone') return this.#giveUp(claimed, kind, 'nobody takes it there');
    } catch (error) {
      const failure = failureOf(error);
      const due = clock.now() + retryDelay(claimed.attempts);
      if (due >= claimed.giveUpAt.getTime()) return this.#giveUp(claimed, kind, failure);
      logger.warn(
        { notice: claimed.id, kind, attempts: claimed.attempts, failure },
        'a notice could not be sent yet',
      );
      return store.postpone(claimed, new Date(due));
    }
    await store.remove(claimed.id);
  }

  async #send(notice: Notice): Promise<'sent' | 'gone'> {
    const send = this.#ports.senders[notice.kind] as NoticeSender<Notice>;
    return send(notice, AbortSignal.timeout(patience));
  }

  async #unseal({ sealed }: ClaimedLetter): Promise<Notice | undefined> {
    try {
      return JSON.parse(await open(this.#ports.key, sealed)) as Notice;
    } catch {
      return undefined;
    }
  }

  async #giveUp({ id }: ClaimedLetter, kind: string | undefined, failure: string): Promise<void> {
    await this.#ports.store.remove(id);
    this.#ports.events.noticeGivenUp({ notice: id, kind, failure });
  }
}

/** Name and code; an address may stand in the message, so that stays out of the log. */
function failureOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const cause = error.cause;
  return codeOf(error) ?? (cause instanceof Error ? (codeOf(cause) ?? cause.name) : error.name);
}
