import type { AccountNews } from '../accounts/account-news.js';
import type { AccountId } from '../accounts/account.js';
import type { AccountEventLog } from '../accounts/account-event-log.js';
import type { Device, DeviceId } from '../binding/device.js';
import type { DeviceStore, Disowned } from '../binding/device-store.js';
import type { Clock } from '../lib/clock.js';
import { accepted, refused, type Result } from '../lib/result.js';
import type { Transaction } from '../lib/transaction.js';
import type { SecurityEvents } from '../observability/events.js';
import type { SendNotices } from '../provider/logout-notices.js';
import type { SignedInBrowser } from '../provider/session-store.js';

export interface OwnDevicesPorts {
  readonly devices: Pick<DeviceStore, 'listOf' | 'find' | 'rename' | 'revoke' | 'disown'>;
  /** Her sessions whose cookie still works. */
  readonly browsers: (accountId: AccountId) => Promise<readonly SignedInBrowser[]>;
  readonly news: AccountNews;
  readonly log: AccountEventLog;
  readonly transaction: Transaction;
  readonly events: Pick<SecurityEvents, 'revoked' | 'deviceDisowned'>;
  readonly clock: Clock;
  /** Prepares to tell the apps of these sessions that they are over. */
  readonly notices: (sessionUids: readonly string[]) => Promise<SendNotices>;
}

const longestName = 60;

/** What a person does with her devices. Cutting off needs no confirmation: being able to stop a thief must be easy. */
export class OwnDevicesService {
  readonly #ports: OwnDevicesPorts;

  constructor(ports: OwnDevicesPorts) {
    this.#ports = ports;
  }

  /** Last seen first. */
  async list(accountId: AccountId): Promise<Device[]> {
    return await this.#ports.devices.listOf(accountId);
  }

  async find(accountId: AccountId, id: string): Promise<Device | undefined> {
    return await this.#ports.devices.find(accountId, id as DeviceId);
  }

  /** @param name empty: it is called as it calls itself again */
  async rename(accountId: AccountId, id: string, name: string): Promise<Result<void>> {
    const chosen = name.trim();
    if (chosen.length > longestName)
      return refused('device_name_invalid', `it has ${chosen.length} characters`);
    const renamed = await this.#ports.devices.rename(accountId, id as DeviceId, chosen || undefined);
    return renamed ? accepted(undefined) : gone();
  }

  /** Her own, that she lost or gave away: signed out, its apps too. It may sign in again. */
  async cutOff(accountId: AccountId, id: string): Promise<Result<readonly string[]>> {
    const { devices, log, transaction, events, clock } = this.#ports;
    const { uids, tellApps } = await this.#sessionsOf(accountId, id);
    const ended = await transaction.run(async () => {
      if (!(await devices.find(accountId, id as DeviceId))) return false;
      if (!(await devices.revoke(id as DeviceId, new Date(clock.now())))) return false;
      await log.record(accountId, 'device_cut_off');
      return true;
    });
    if (!ended) return gone();
    tellApps();
    events.revoked({ what: 'device', id });
    return accepted(uids);
  }

  /** Not hers: cut off for good, and what came of it goes. */
  async disown(
    accountId: AccountId,
    id: string,
  ): Promise<Result<Disowned & { readonly uids: readonly string[] }>> {
    const { devices, news, transaction, events, clock } = this.#ports;
    const { uids, tellApps } = await this.#sessionsOf(accountId, id);
    const disowned = await transaction.run(async () => {
      const done = await devices.disown(accountId, id as DeviceId, new Date(clock.now()));
      if (done) await news.tell(accountId, { kind: 'device_disowned' });
      return done;
    });
    if (!disowned) return gone();
    tellApps();
    const { sessions, grants, passkeys } = disowned;
    events.deviceDisowned({ accountId, device: id, sessions, grants, passkeys: passkeys.length });
    return accepted({ ...disowned, uids });
  }

  async #sessionsOf(accountId: AccountId, id: string) {
    const uids = (await this.#ports.browsers(accountId)).flatMap(({ uid, deviceId }) =>
      deviceId === id ? [uid] : [],
    );
    return { uids, tellApps: await this.#ports.notices(uids) };
  }
}

function gone(): Result<never> {
  return refused('device_gone', 'the account has no device of this id');
}
