import { deriveKey } from '../lib/hashing.js';
import { startPostman } from '../mail/postman.js';
import { NoticeDeliveryService } from '../stepup/notice-delivery-service.js';
import { NoticeOutbox } from '../stepup/notice-outbox.js';
import { pingSender } from '../stepup/ping-sender.js';
import type { Storage } from '../storage/storage.js';
import type { Observed } from './observed.js';
import type { AppOptions } from './options.js';

export interface Notices {
  readonly outbox: NoticeOutbox;
  close(): Promise<void>;
}

const drainPatience = 10_000;

/** Notices to clients and browsers: the way into their outbox, and the postman who empties it. */
export function openNotices(
  storage: Storage,
  { masterKey, clock, random, logger }: AppOptions,
  { events }: Observed,
  fetch: typeof globalThis.fetch,
): Notices {
  const key = deriveKey(masterKey, 'notices');
  const store = storage.noticeOutbox;
  const senders = {
    ping: pingSender(fetch),
    push: () => Promise.resolve('gone' as const),
  };
  const delivery = new NoticeDeliveryService({ store, key, clock, senders, logger, events });
  const postman = startPostman(delivery, logger);
  const committed = (id: string) => postman.committed(id);
  return {
    outbox: new NoticeOutbox({ store, key, clock, random, committed }),
    close: () => postman.close(drainPatience),
  };
}
