import webPush from 'web-push';
import { open, seal } from '../lib/seal.js';
import type { SettingStore } from '../lib/setting-store.js';

/** The pair that we sign for push services with (RFC 8292), both in base64url. */
export interface VapidKeys {
  readonly publicKey: string;
  readonly privateKey: string;
}

const setting = 'push_vapid_keys';

/**
 * Made once, by whichever node first needs it: browsers tie their subscriptions to its public key, so that another pair
 * would silence them all. Sealed in the settings (law 7).
 * @param key deriveKey(master, 'push')
 */
export function vapidKeys(settings: SettingStore, key: Uint8Array): () => Promise<VapidKeys> {
  let known: Promise<VapidKeys> | undefined;
  const load = async () => {
    const stored =
      (await settings.read(setting)) ??
      (await settings.pin(setting, await seal(key, JSON.stringify(webPush.generateVAPIDKeys()))));
    return JSON.parse(await open(key, stored)) as VapidKeys;
  };
  return async () => {
    known ??= load();
    try {
      return await known;
    } catch (error) {
      known = undefined;
      throw error;
    }
  };
}
