import { letterWords } from '../../src/composition/letter-words.js';
import type { Clock } from '../../src/lib/clock.js';
import { systemRandom } from '../../src/lib/random.js';
import { DeliveryService } from '../../src/mail/delivery-service.js';
import type { MailMessage, MailTransport } from '../../src/mail/mail-message.js';
import type { Mailer } from '../../src/mail/mailer.js';
import { createOutbox } from '../../src/mail/outbox.js';
import type { OutboxStore } from '../../src/mail/outbox-store.js';

export const mailIssuer = 'https://id.example.test';

export interface MailDesk {
  readonly mailer: Mailer;
  readonly delivery: DeliveryService;
  /** Letters that were put here and are in the database. */
  readonly own: string[];
  /** Security events, as `name kind failure`. */
  readonly events: string[];
  /** What was logged. */
  readonly log: object[];
}

export interface MailDeskOptions {
  readonly outbox: OutboxStore;
  readonly clock: Clock;
  readonly transport: MailTransport;
  readonly key?: Buffer;
}

const sharedKey = Buffer.alloc(32, 7);

/** The mail area on its own: what one node has, driven by hand. */
export function mailDesk({ outbox, clock, transport, key = sharedKey }: MailDeskOptions): MailDesk {
  const own: string[] = [];
  const events: string[] = [];
  const log: object[] = [];
  const note = (facts: object) => void log.push(facts);
  return {
    own,
    events,
    log,
    mailer: createOutbox({
      store: outbox,
      key,
      clock,
      random: systemRandom,
      available: true,
      committed: (id) => void own.push(id),
    }),
    delivery: new DeliveryService({
      store: outbox,
      key,
      clock,
      transport,
      issuer: mailIssuer,
      brand: 'Holdfast',
      phrasebook: letterWords('Holdfast'),
      logger: { debug: note, info: note, warn: note, error: note },
      events: { mailGivenUp: ({ kind, failure }) => void events.push(`given up: ${kind} ${failure}`) },
    }),
  };
}

/** A transport that keeps what it takes; `failure`: rejects with that instead. */
export function fakeTransport(): MailTransport & { taken: MailMessage[]; failure: Error | undefined } {
  const taken: MailMessage[] = [];
  return {
    taken,
    failure: undefined,
    async deliver(message) {
      if (this.failure) throw this.failure;
      taken.push(message);
    },
    close: () => {},
  };
}
