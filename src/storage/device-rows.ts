import type { AccountId } from '../accounts/account.js';
import type { Device, DeviceId, DeviceKind } from '../binding/device.js';
import type { DeviceStore, Disowned, SightedBrowser, SightedKey, Sighting } from '../binding/device-store.js';
import { statement } from './connection.js';
import type { Database } from './database.js';
import { disownDevice } from './device-disowning.js';
import { endDevice } from './device-endings.js';
import { keyFromRow, keysOf } from './device-key-rows.js';
import type { DeviceKeyRow } from './entities/device-key-entity.js';
import type { DeviceRow } from './entities/device-entity.js';
import { isStorable, orUndefined } from './values.js';

// One that has neither key nor session came of two sign-ins at once, and is none.
const listOf = statement(
  'device_list_of',
  `SELECT d.* FROM device d WHERE d.account_id = $1 AND d.cut_off_at IS NULL
    AND EXISTS (SELECT FROM device_key k WHERE k.device_id = d.id) ORDER BY d.last_seen_at DESC, d.id`,
);
/** A browser that was cut off and comes back is another device: what hung on the old one stays dead. */
const sightBrowser = statement(
  'device_sight_browser',
  `WITH a AS (SELECT id FROM account WHERE id = $1 AND disabled_at IS NULL FOR SHARE),
    known AS (SELECT k.device_id AS id FROM device_key k JOIN device d ON d.id = k.device_id
      WHERE k.account_id = $1 AND k.thumbprint = $2 AND d.cut_off_at IS NULL),
    made AS (INSERT INTO device (id, account_id, kind, label, place, created_at, last_seen_at)
      SELECT $3::text, a.id, 'browser', $4::text, $5::text, $6::timestamptz, $6::timestamptz FROM a
      WHERE NOT EXISTS (SELECT FROM known) RETURNING id),
    keyed AS (INSERT INTO device_key AS k (account_id, thumbprint, device_id, kind, first_seen_at, last_seen_at)
      SELECT a.id, $2, coalesce((SELECT id FROM known), (SELECT id FROM made)), 'browser', $6::timestamptz, $6::timestamptz FROM a
      ON CONFLICT (account_id, thumbprint) DO UPDATE SET device_id = excluded.device_id,
        last_seen_at = excluded.last_seen_at, times_seen = k.times_seen + 1 RETURNING device_id),
    seen AS (UPDATE device SET last_seen_at = $6, place = $5, label = $4 WHERE id IN (SELECT id FROM known))
  SELECT device_id AS id, EXISTS (SELECT FROM made) AS is_new,
    NOT EXISTS (SELECT FROM device WHERE account_id = $1 AND kind = 'browser') AS is_first FROM keyed`,
);
const sightKey = statement(
  'device_sight_key',
  `INSERT INTO device_key AS k (account_id, thumbprint, device_id, kind, first_seen_at, last_seen_at)
  SELECT s.account_id, $3::text, s.device_id, $4::text, $5::timestamptz, $5::timestamptz
  FROM session s JOIN account a ON a.id = s.account_id WHERE s.uid = $2 AND s.account_id = $1 AND s.device_id IS NOT NULL
  FOR SHARE OF a
  ON CONFLICT (account_id, thumbprint) DO UPDATE SET device_id = excluded.device_id,
    last_seen_at = excluded.last_seen_at, times_seen = k.times_seen + 1`,
);
const rename = statement(
  'device_rename',
  'UPDATE device SET name = $3 WHERE id = $2 AND account_id = $1 AND cut_off_at IS NULL',
);
const longestUnseen = statement(
  'device_longest_unseen',
  `SELECT id FROM device WHERE account_id = $1 AND cut_off_at IS NULL ORDER BY last_seen_at DESC, id OFFSET $2`,
);
const revoke = statement(
  'device_revoke',
  'UPDATE device SET generation = generation + 1, cut_off_at = $2 WHERE id = $1 AND cut_off_at IS NULL RETURNING id',
);
export class DeviceRows implements DeviceStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async listOf(accountId: AccountId): Promise<Device[]> {
    const { rows } = await this.#database.query<DeviceRow>(listOf, [accountId]);
    const { rows: keys } = await this.#database.query<DeviceKeyRow>(keysOf, [accountId]);
    return rows.map((row) => fromRow(row, keys));
  }

  async find(accountId: AccountId, id: DeviceId): Promise<Device | undefined> {
    return (await this.listOf(accountId)).find((device) => device.id === id);
  }

  async sightBrowser({
    accountId,
    browserKey,
    newId,
    browser,
    place,
    at,
  }: SightedBrowser): Promise<Sighting | undefined> {
    const values = [accountId, browserKey, newId, browser, place, at];
    const { rows } = await this.#database.query<SightingRow>(sightBrowser, values);
    const [row] = rows;
    return row && { id: row.id as DeviceId, isNew: row.is_new, isFirst: row.is_first };
  }

  async sightKey({ accountId, sessionUid, kind, thumbprint, at }: SightedKey): Promise<void> {
    await this.#database.query(sightKey, [accountId, sessionUid, thumbprint, kind, at]);
  }

  async rename(accountId: AccountId, id: DeviceId, name: string | undefined): Promise<boolean> {
    if (!isStorable(id)) return false;
    const { rowCount } = await this.#database.query(rename, [accountId, id, name]);
    return rowCount === 1;
  }

  async limit(accountId: AccountId, most: number, at: Date): Promise<DeviceId[]> {
    const { rows } = await this.#database.query<{ id: string }>(longestUnseen, [accountId, most]);
    const ids = rows.map(({ id }) => id as DeviceId);
    for (const id of ids) await this.revoke(id, at);
    return ids;
  }

  async revoke(id: DeviceId, at: Date): Promise<boolean> {
    if (!isStorable(id)) return false;
    const ended = await this.#database.run(() =>
      endDevice(this.#database, { id, at }, async () => {
        const { rowCount } = await this.#database.query(revoke, [id, at]);
        return rowCount === 1;
      }),
    );
    return ended !== undefined;
  }

  async disown(accountId: AccountId, id: DeviceId, at: Date): Promise<Disowned | undefined> {
    if (!isStorable(id)) return undefined;
    return await disownDevice(this.#database, { accountId, id, at });
  }
}

interface SightingRow {
  readonly id: string;
  readonly is_new: boolean;
  readonly is_first: boolean;
}

function fromRow(row: DeviceRow, keys: readonly DeviceKeyRow[]): Device {
  return {
    id: row.id as DeviceId,
    accountId: row.account_id as AccountId,
    kind: row.kind as DeviceKind,
    name: orUndefined(row.name),
    label: orUndefined(row.label),
    place: orUndefined(row.place),
    createdAt: row.created_at,
    lastSeenAt: row.last_seen_at,
    keys: keys.filter((key) => key.device_id === row.id).map(keyFromRow),
  };
}
