import type { Clock } from '../lib/clock.js';
import { open } from '../lib/seal.js';
import type { SecurityEvents } from '../observability/events.js';
import type { Logger } from '../observability/logger.js';
import { claimLife, deliveryPatience, failureOf, isFinal, retryDelay } from './delivery-policy.js';
import { renderLetter, type Rendering } from './letter-rendering.js';
import type { Letter } from './letter.js';
import type { MailMessage, MailTransport } from './mail-message.js';
import type { ClaimedLetter, OutboxStore } from './outbox-store.js';

export interface DeliveryOptions extends Rendering {
  readonly store: OutboxStore;
  /** 32 bytes. */
  readonly key: Uint8Array;
  readonly clock: Clock;
  readonly transport: MailTransport;
  readonly logger: Logger;
  readonly events: Pick<SecurityEvents, 'mailGivenUp'>;
}

const batch = 10;

/** Takes letters out of the outbox and delivers them, each at least once; twice only if we die right in between. */
export class DeliveryService {
  readonly #options: DeliveryOptions;

  constructor(options: DeliveryOptions) {
    this.#options = options;
  }

  /** Delivers what is due and those of `own` that nobody took; returns how many it took. Throws DatabaseUnavailable. */
  async deliverDue(own: readonly string[]): Promise<number> {
    const { store, clock } = this.#options;
    const now = clock.now();
    const until = new Date(now + claimLife);
    const limit = Math.max(batch, own.length);
    const letters = await store.claim({ own, now: new Date(now), until, limit });
    await Promise.all(letters.map((letter) => this.#deliver(letter)));
    return letters.length;
  }

  async #deliver(claimed: ClaimedLetter): Promise<void> {
    const { store, clock, logger } = this.#options;
    const { id, attempts } = claimed;
    const letter = await this.#unseal(claimed);
    if (!letter || letter.withheld) return store.remove(id);
    const message = this.#render(letter, claimed);
    if (!message) return this.#giveUp(id, letter.kind, 'it could not be written');
    try {
      await this.#hand(message);
    } catch (error) {
      const failure = failureOf(error);
      const due = clock.now() + retryDelay(attempts);
      if (isFinal(error) || due >= claimed.giveUpAt.getTime()) {
        return this.#giveUp(id, letter.kind, failure);
      }
      logger.warn({ mail: id, kind: letter.kind, attempts, failure }, 'a mail could not be delivered yet');
      return store.postpone(claimed, new Date(due));
    }
    await store.remove(id);
  }

  async #unseal(claimed: ClaimedLetter): Promise<Letter | undefined> {
    const { key, clock, events } = this.#options;
    try {
      const letter = JSON.parse(await open(key, claimed.sealed)) as Letter;
      if (clock.now() < claimed.giveUpAt.getTime()) return letter;
      events.mailGivenUp({ mail: claimed.id, kind: letter.kind, failure: 'too late' });
    } catch {
      events.mailGivenUp({ mail: claimed.id, kind: undefined, failure: 'sealed with another key' });
    }
    return undefined;
  }

  /** Undefined when it can't be: our bug, which no later try would mend. */
  #render(letter: Letter, { id, createdAt }: ClaimedLetter): MailMessage | undefined {
    try {
      return renderLetter(letter, id, createdAt, this.#options);
    } catch (error) {
      this.#options.logger.error({ err: error, mail: id, kind: letter.kind }, 'a mail could not be written');
      return undefined;
    }
  }

  async #giveUp(id: string, kind: string, failure: string): Promise<void> {
    await this.#options.store.remove(id);
    this.#options.events.mailGivenUp({ mail: id, kind, failure });
  }

  /** A server that never answers must not keep a letter beyond our claim to it. */
  async #hand(message: MailMessage): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error('the mail server took too long')), deliveryPatience);
      timer.unref();
    });
    try {
      await Promise.race([this.#options.transport.deliver(message), late]);
    } finally {
      clearTimeout(timer);
    }
  }
}
