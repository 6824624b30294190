import { randomBase62 } from '../lib/base62.js';
import type { Clock } from '../lib/clock.js';
import type { Random } from '../lib/random.js';
import { seal } from '../lib/seal.js';
import { headStart } from '../mail/delivery-policy.js';
import type { OutboxStore } from '../mail/outbox-store.js';
import type { Notice } from './notice.js';

export interface NoticeOutboxPorts {
  readonly store: OutboxStore;
  /** 32 bytes. */
  readonly key: Uint8Array;
  readonly clock: Clock;
  readonly random: Random;
  /** Called with the id of each notice that is in the database for good. */
  readonly committed: (id: string) => void;
}

/**
 * The way in for notices to machines. Like a mail, a notice is written in the transaction of what it tells: a crash
 * afterwards loses none, and nothing is told that was rolled back.
 */
export class NoticeOutbox {
  readonly #ports: NoticeOutboxPorts;

  constructor(ports: NoticeOutboxPorts) {
    this.#ports = ports;
  }

  /** A notice that is to be sent later, if at all. */
  seal(notice: Notice): Promise<string> {
    return seal(this.#ports.key, JSON.stringify(notice));
  }

  /** Puts a sealed notice, in the open transaction if there is one. From `until` on it is worth nothing. */
  async put(sealed: string, until: Date): Promise<void> {
    const { store, clock, random, committed } = this.#ports;
    const now = clock.now();
    const id = randomBase62(random, 22);
    const stored = { id, sealed, createdAt: new Date(now), giveUpAt: until };
    await store.put(stored, new Date(now + headStart), () => committed(id));
  }

  async send(notice: Notice, until: Date): Promise<void> {
    await this.put(await this.seal(notice), until);
  }
}
