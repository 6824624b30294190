import type { TierDeviceStore, TierDeviceUse } from '../resource/tier-device-store.js';
import { statement } from './connection.js';
import type { Database } from './database.js';

const day = 86_400_000;
/** By how much nodes' clocks may differ: what is so near its end is decided in line with the others. */
const margin = 60_000;

/** A key of no device is counted as one. */
const device =
  'coalesce((SELECT device_id FROM device_key WHERE account_id = $1::text AND thumbprint = $3::text), $3::text)';

/** Nearly every call: the device is one of them already. */
const again = statement(
  'tier_device_again',
  `UPDATE tier_device SET last_used_at = greatest(last_used_at, $4)
  WHERE account_id = $1::text AND tier = $2::text AND device_id = ${device} AND last_used_at > $5`,
);
/** Before the count, in a statement of its own: one that waited within the count would still see what was before. */
const inLine = statement(
  'tier_device_in_line',
  `SELECT pg_advisory_xact_lock(hashtextextended('tier_device ' || $1::text || ' ' || $2::text, 0))`,
);
const admit = statement(
  'tier_device_admit',
  `INSERT INTO tier_device AS t (account_id, tier, device_id, last_used_at)
  SELECT $1::text, $2::text, ${device}, $4::timestamptz WHERE (SELECT count(*) FROM tier_device
    WHERE account_id = $1::text AND tier = $2::text AND device_id <> ${device} AND last_used_at > $5::timestamptz) < $6::int
  ON CONFLICT (account_id, tier, device_id) DO UPDATE SET last_used_at = greatest(t.last_used_at, excluded.last_used_at)`,
);

export class TierDeviceRows implements TierDeviceStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async use({ accountId, tier, thumbprint, most, now }: TierDeviceUse): Promise<boolean> {
    const dayAgo = now.getTime() - day;
    const use = [accountId, tier, thumbprint, now];
    const { rowCount } = await this.#database.query(again, [...use, new Date(dayAgo + margin)]);
    if (rowCount === 1) return true;
    return this.#database.run(async () => {
      await this.#database.query(inLine, [accountId, tier]);
      const admitted = await this.#database.query(admit, [...use, new Date(dayAgo), most]);
      return admitted.rowCount === 1;
    });
  }
}
