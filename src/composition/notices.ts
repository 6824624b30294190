import { deriveKey } from '../lib/hashing.js';
import { spoken } from '../lib/locale.js';
import { startPostman } from '../mail/postman.js';
import { NoticeDeliveryService } from '../stepup/notice-delivery-service.js';
import { NoticeOutbox } from '../stepup/notice-outbox.js';
import { type NotificationWords, personNotifier, pushNotifier } from '../stepup/person-notifier.js';
import { pingSender } from '../stepup/ping-sender.js';
import type { PushService } from '../stepup/push-service.js';
import type { Storage } from '../storage/storage.js';
import { catalogue } from '../web/words/words.js';
import type { AccountParts } from './account-parts.js';
import type { Observed } from './observed.js';
import type { AppOptions } from './options.js';

export interface Notices {
  readonly outbox: NoticeOutbox;
  close(): Promise<void>;
}

interface Parts {
  readonly fetch: typeof globalThis.fetch;
  readonly push: PushService;
  readonly people: Pick<AccountParts, 'mailer' | 'limits'>;
}

const drainPatience = 10_000;

/** Notices to clients and browsers: the way into their outbox, and the postman who empties it. */
export function openNotices(
  storage: Storage,
  { masterKey, clock, random, logger }: AppOptions,
  { events }: Observed,
  { fetch, push, people }: Parts,
): Notices {
  const key = deriveKey(masterKey, 'notices');
  const store = storage.noticeOutbox;
  const outbox = new NoticeOutbox({ store, key, clock, random, committed: (id) => postman.committed(id) });
  const senders = {
    ping: pingSender(fetch),
    person: personNotifier({ ...storage, ...people, push, notices: outbox, words: notificationWords, clock }),
    push: pushNotifier(push),
  };
  const delivery = new NoticeDeliveryService({ store, key, clock, senders, logger, events });
  const postman = startPostman(delivery, logger);
  return {
    outbox,
    close: () => postman.close(drainPatience),
  };
}

const notificationWords: NotificationWords = (locale, app) => {
  const { notification } = catalogue[spoken(locale ?? 'en') ?? 'en'].approve;
  return { title: notification.title(app), body: notification.body };
};
