import type { AccountEventLog } from '../accounts/account-event-log.js';
import type { AccountId } from '../accounts/account.js';
import type { AccountNews } from '../accounts/account-news.js';
import { type Confirmation, confirms } from '../accounts/confirmation.js';
import type { DeviceStore, Disowned } from '../binding/device-store.js';
import type { Device, DeviceId } from '../binding/device.js';
import { isPrintable } from '../lib/printable.js';
import type { Clock } from '../lib/clock.js';
import { accepted, refused, type Result } from '../lib/result.js';
import type { Transaction } from '../lib/transaction.js';
import type { SecurityEvents } from '../observability/events.js';
import type { SendNotices } from '../provider/logout-notices.js';
import type { SignedInBrowser } from '../provider/session-store.js';
import type { ConnectedApp, ConnectedAppsService } from './connected-apps-service.js';
import type { CuttingOffService } from './cutting-off-service.js';
import type { OwnDevice, OwnDevices } from './own-device.js';

export interface OwnDevicesPorts {
  readonly devices: Pick<DeviceStore, 'listOf' | 'find' | 'rename' | 'revoke' | 'disown'>;
  readonly cuttingOff: Pick<CuttingOffService, 'browsers'>;
  readonly apps: Pick<ConnectedAppsService, 'list'>;
  readonly news: AccountNews;
  readonly log: AccountEventLog;
  readonly transaction: Transaction;
  readonly events: Pick<SecurityEvents, 'revoked' | 'deviceDisowned'>;
  readonly clock: Clock;
  /** Prepares to tell the apps of these sessions that they are over. */
  readonly notices: (sessionUids: readonly string[]) => Promise<SendNotices>;
}

export const longestDeviceName = 60;

/** Whether something of hers goes with it that only a passkey may take away. */
export function takesPasskeys({ keys }: Pick<Device, 'keys'>): boolean {
  return keys.some(({ kind }) => kind === 'passkey');
}

/** A person's devices with what stands on each, and her power over them. */
export class OwnDevicesService {
  readonly #ports: OwnDevicesPorts;

  constructor(ports: OwnDevicesPorts) {
    this.#ports = ports;
  }

  /** @param here the session of the browser that asks */
  async list(accountId: AccountId, here: string): Promise<OwnDevices> {
    const { devices, cuttingOff, apps } = this.#ports;
    const all = await devices.listOf(accountId);
    const sessions = await cuttingOff.browsers(accountId);
    const connected = await apps.list(accountId);
    const own = all.map((device): OwnDevice => {
      const on = sessions.filter(({ deviceId }) => deviceId === device.id);
      const isHere = on.some(({ uid }) => uid === here);
      return { ...device, sessions: on, apps: appsOf(on, connected), here: isHere };
    });
    return {
      devices: own.toSorted((one, other) => Number(other.here) - Number(one.here)),
      others: sessions.filter(({ deviceId }) => !all.some(({ id }) => id === deviceId)),
    };
  }

  /** @param name empty: it is called as it calls itself again */
  async rename(accountId: AccountId, id: DeviceId, name: string): Promise<Result<void>> {
    const chosen = name.normalize('NFC').trim();
    if (chosen.length > longestDeviceName || !isPrintable(chosen))
      return refused('device_name_invalid', `it has ${chosen.length} characters`);
    const renamed = await this.#ports.devices.rename(accountId, id, chosen || undefined);
    return renamed ? accepted(undefined) : gone();
  }

  /**
   * Her own, that she lost or gave away: signed out, its apps too. It may sign in again. It needs no confirmation: being able
   * to stop a thief must be easy.
   * @returns which sessions were over by it
   */
  async cutOff(accountId: AccountId, id: DeviceId): Promise<Result<readonly string[]>> {
    const { devices, log, transaction, events, clock } = this.#ports;
    const { uids, tellApps } = await this.#sessionsOf(accountId, id);
    const ended = await transaction.run(async () => {
      if (!(await devices.find(accountId, id))) return false;
      if (!(await devices.revoke(id, new Date(clock.now())))) return false;
      await log.record(accountId, 'device_cut_off');
      return true;
    });
    if (!ended) return gone();
    tellApps();
    events.revoked({ what: 'device', id });
    return accepted(uids);
  }

  /**
   * Not hers: cut off for good, and what came of it goes. Where passkeys were added there, one of hers confirms it: who
   * stole a session must not take the passkeys away that came of a device that is really hers (threat 18).
   */
  async disown(
    accountId: AccountId,
    id: DeviceId,
    confirmation: Confirmation | undefined,
  ): Promise<Result<readonly string[]>> {
    const { devices, news, transaction, events, clock } = this.#ports;
    const { uids, tellApps } = await this.#sessionsOf(accountId, id);
    const wanted = { accountId, action: 'disown_device', target: id } as const;
    const confirmed = confirmation !== undefined && confirms(confirmation, wanted);
    const disowned = await transaction.run(async (): Promise<Result<Disowned>> => {
      const device = await devices.find(accountId, id);
      if (!device) return gone();
      if (takesPasskeys(device) && !confirmed)
        return refused('confirmation_needed', 'disown_device without an assertion');
      const done = await devices.disown(accountId, id, new Date(clock.now()));
      if (!done) return gone();
      await news.tell(accountId, { kind: 'device_disowned' });
      return accepted(done);
    });
    if (!disowned.ok) return disowned;
    tellApps();
    const { sessions, grants, passkeys } = disowned.value;
    events.deviceDisowned({ accountId, device: id, sessions, grants, passkeys: passkeys.length });
    return accepted(uids);
  }

  async #sessionsOf(accountId: AccountId, id: DeviceId) {
    const browsers = await this.#ports.cuttingOff.browsers(accountId);
    const uids = browsers.flatMap(({ uid, deviceId }) => (deviceId === id ? [uid] : []));
    return { uids, tellApps: await this.#ports.notices(uids) };
  }
}

function gone(): Result<never> {
  return refused('device_gone', 'the account has no device of this id');
}

function appsOf(sessions: readonly SignedInBrowser[], connected: readonly ConnectedApp[]): string[] {
  const clients = new Set(sessions.flatMap(({ clientIds }) => clientIds));
  return connected.filter(({ clientId }) => clients.has(clientId)).map(({ name }) => name);
}
