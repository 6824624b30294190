import type { AccountId } from '../accounts/account.js';
import type { Device, DeviceId } from '../binding/device.js';
import type { DeviceStore } from '../binding/device-store.js';
import { statement } from './connection.js';
import type { Database } from './database.js';
import type { DeviceRow } from './entities/device-entity.js';
import { isStorable } from './values.js';

const listOf = statement(
  'device_list_of',
  'SELECT * FROM device WHERE account_id = $1 ORDER BY last_seen_at DESC, id',
);
const revoke = statement('device_revoke', 'UPDATE device SET generation = generation + 1 WHERE id = $1');

export class DeviceRows implements DeviceStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async listOf(accountId: AccountId): Promise<Device[]> {
    const { rows } = await this.#database.query<DeviceRow>(listOf, [accountId]);
    return rows.map((row) => ({
      id: row.id as DeviceId,
      accountId: row.account_id as AccountId,
      thumbprint: row.thumbprint,
      createdAt: row.created_at,
      lastSeenAt: row.last_seen_at,
    }));
  }

  async revoke(id: DeviceId): Promise<boolean> {
    if (!isStorable(id)) return false;
    const { rowCount } = await this.#database.query(revoke, [id]);
    return rowCount === 1;
  }
}
