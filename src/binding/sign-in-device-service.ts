import type { AccountId } from '../accounts/account.js';
import type { AccountNews } from '../accounts/account-news.js';
import type { CircumstancesSource } from '../accounts/circumstances.js';
import type { KnownBrowserService } from '../accounts/known-browser-service.js';
import type { Clock } from '../lib/clock.js';
import type { Random } from '../lib/random.js';
import type { SecurityEvents } from '../observability/events.js';
import type { DeviceId } from './device.js';
import type { DeviceStore } from './device-store.js';

export interface SignInDevicePorts {
  readonly devices: Pick<DeviceStore, 'sightBrowser' | 'limit'>;
  readonly knownBrowsers: Pick<KnownBrowserService, 'signedIn' | 'keyOf'>;
  readonly news: Pick<AccountNews, 'tell'>;
  readonly events: Pick<SecurityEvents, 'revoked'>;
  readonly circumstances: CircumstancesSource;
  readonly random: Random;
  readonly clock: Clock;
  /** `devices.per_account` */
  readonly most: number;
}

/** Writes a sign-in down, and tells its owner by mail when it is on a device that was never seen. */
export class SignInDeviceService {
  readonly #ports: SignInDevicePorts;

  constructor(ports: SignInDevicePorts) {
    this.#ports = ports;
  }

  /**
   * Somebody has proven to be her; to be called before there is a session, so that none stays untold.
   * @param presented what the browser's cookie holds; anything
   * @returns the token that the browser is to keep
   */
  async signedIn(accountId: AccountId, presented: string | undefined): Promise<string> {
    const { devices, knownBrowsers, news, circumstances, random, clock } = this.#ports;
    const token = await knownBrowsers.signedIn(accountId, presented);
    const sighted = {
      accountId,
      browserKey: knownBrowsers.keyOf(token, accountId),
      newId: `dev_${random.bytes(16).toString('hex')}` as DeviceId,
      at: new Date(clock.now()),
    };
    const sighting = await devices.sightBrowser({ ...sighted, ...circumstances() });
    // The first one of all is hers: she has just made the account.
    const tells = sighting?.isNew === true && !sighting.isFirst;
    const letter = { kind: 'new_browser_signed_in', values: {} } as const;
    await news.tell(accountId, { kind: 'signed_in', ...(tells ? { letter } : {}) });
    if (tells) await this.#limit(accountId);
    return token;
  }

  async #limit(accountId: AccountId): Promise<void> {
    const { devices, events, clock, most } = this.#ports;
    for (const id of await devices.limit(accountId, most, new Date(clock.now()))) {
      events.revoked({ what: 'device', id });
    }
  }
}
