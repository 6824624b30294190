import type { SettingStore } from '../lib/setting-store.js';

/** The RP ID of the config is not the one that this database's passkeys were made for. */
export class RelyingPartyChanged extends Error {
  constructor(pinned: string, configured: string) {
    super(
      `rp_id is ${configured}, but this database was first started with rp_id ${pinned}, and every passkey in it ` +
        `works for ${pinned} only. Set rp_id: ${pinned}, or start with an empty database.`,
    );
    this.name = 'RelyingPartyChanged';
  }
}

/**
 * Keeps the RP ID of the first start; call it before listening.
 * Throws RelyingPartyChanged when the config names another one now.
 */
export async function pinRelyingPartyId(settings: SettingStore, configured: string): Promise<void> {
  const pinned = await settings.pin('rp_id', configured);
  if (pinned !== configured) throw new RelyingPartyChanged(pinned, configured);
}
