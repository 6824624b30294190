import { randomBase62 } from '../lib/base62.js';
import type { Clock } from '../lib/clock.js';
import type { Random } from '../lib/random.js';
import { seal } from '../lib/seal.js';
import { headStart, usefulFor } from './delivery-policy.js';
import type { Letter } from './letter.js';
import { isMailAddress } from '../lib/mail-address.js';
import type { Mailer } from './mailer.js';
import type { OutboxStore } from './outbox-store.js';

export interface OutboxOptions {
  readonly store: OutboxStore;
  /** 32 bytes. */
  readonly key: Uint8Array;
  readonly clock: Clock;
  readonly random: Random;
  readonly available: boolean;
  /** Called with the id of each letter that is in the database for good. */
  readonly committed: (id: string) => void;
}

/** The way in: a letter is in the database before anybody is told that a mail is on its way. */
export function createOutbox({ store, key, clock, random, available, committed }: OutboxOptions): Mailer {
  return {
    available,
    async send(letter) {
      if (!isMailAddress(letter.to)) throw new TypeError(`no mail address to send ${letter.kind} to`);
      if (!available) return;
      const now = clock.now();
      const id = randomBase62(random, 22);
      const sealed = await seal(key, JSON.stringify(letter));
      const stored = {
        id,
        sealed,
        createdAt: new Date(now),
        giveUpAt: new Date(now + usefulFor(letter as Letter)),
      };
      await store.put(stored, new Date(now + headStart), () => committed(id));
    },
  };
}
