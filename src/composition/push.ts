import type { AccountEventLog } from '../accounts/account-event-log.js';
import type { Config } from '../config/schema.js';
import { deriveKey } from '../lib/hashing.js';
import { PushSender } from '../stepup/push-sender.js';
import { PushService } from '../stepup/push-service.js';
import { vapidKeys } from '../stepup/vapid-keys.js';
import type { Storage } from '../storage/storage.js';
import type { Observed } from './observed.js';
import type { AppOptions } from './options.js';

interface Parts {
  readonly fetch: typeof globalThis.fetch;
  readonly log: AccountEventLog;
}

/** Notifications in people's browsers. */
export function openPush(
  storage: Storage,
  { config, masterKey, clock }: AppOptions,
  { circumstances }: Pick<Observed, 'circumstances'>,
  { fetch, log }: Parts,
): PushService {
  const key = deriveKey(masterKey, 'push');
  const keys = vapidKeys(storage.settings, key);
  return new PushService({
    subscriptions: storage.pushSubscriptions,
    sender: new PushSender({ fetch, keys, contact: contactOf(config), clock }),
    keys,
    log,
    circumstances,
    key,
    plainHttp: config.dangerously_allow_private_network_fetch,
    clock,
  });
}

/** RFC 8292 §2.1: where a push service can complain. Some take no address of a loopback host. */
function contactOf({ issuer, mail, brand }: Config): string {
  if (brand.support !== undefined && !brand.support.startsWith('https://')) return `mailto:${brand.support}`;
  if (mail.from !== undefined) return `mailto:${mail.from}`;
  const { protocol, origin, hostname } = new URL(issuer);
  return protocol === 'https:' ? origin : `mailto:holdfast@${hostname}`;
}
