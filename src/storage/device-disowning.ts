import type { AccountId } from '../accounts/account.js';
import type { DeviceId } from '../binding/device.js';
import type { Disowned } from '../binding/device-store.js';
import { statement } from './connection.js';
import type { Database } from './database.js';
import { endDevice } from './device-endings.js';

/* "This wasn't me", all or nothing. */
const belongs = statement('device_belongs', 'SELECT FROM device WHERE id = $2 AND account_id = $1');
const cutOff = statement(
  'device_disown',
  `UPDATE device SET generation = generation + 1, cut_off_at = coalesce(cut_off_at, $3)
  WHERE id = $2 AND account_id = $1 RETURNING id`,
);
/** One that others have, too, is a backend's and no device's: it is theirs, and whoever disowns it must not end their tokens. */
const revokeKeys = statement(
  'device_disown_keys',
  `INSERT INTO bound_key (thumbprint, generation, revoked_at)
  SELECT thumbprint, 1, $2 FROM device_key k WHERE device_id = $1 AND kind IN ('dpop', 'certificate')
    AND NOT EXISTS (SELECT FROM device_key o WHERE o.thumbprint = k.thumbprint AND o.account_id <> k.account_id)
  ORDER BY thumbprint ON CONFLICT (thumbprint) DO NOTHING`,
);
const revokeApprovals = statement(
  'device_disown_approvals',
  `UPDATE approval SET revoked_at = $3 WHERE account_id = $1 AND revoked_at IS NULL
    AND jkt IN (SELECT thumbprint FROM device_key WHERE device_id = $2)`,
);
/** WebAuthn's ids are kept as bytes, and among a device's keys as text. The last one of all stays: it may be hers. */
const removePasskeys = statement(
  'device_disown_passkeys',
  `WITH held AS MATERIALIZED (
    SELECT credential_id, name FROM passkey WHERE account_id = $1 AND removed_at IS NULL ORDER BY credential_id FOR UPDATE
  ), added AS (
    SELECT credential_id FROM held WHERE translate(rtrim(encode(credential_id, 'base64'), '='), E'+/\\n', '-_') IN
      (SELECT thumbprint FROM device_key WHERE device_id = $2 AND kind = 'passkey')
  )
  UPDATE passkey p SET removed_at = $3 FROM added WHERE p.credential_id = added.credential_id
    AND (SELECT count(*) FROM held) > (SELECT count(*) FROM added) RETURNING p.name`,
);

/** Undefined when the account has no such device. */
export function disownDevice(
  database: Database,
  { accountId, id, at }: { readonly accountId: AccountId; readonly id: DeviceId; readonly at: Date },
): Promise<Disowned | undefined> {
  return database.run(async () => {
    if ((await database.query(belongs, [accountId, id])).rowCount !== 1) return undefined;
    const ended = await endDevice(database, { id, at }, async () => {
      const { rowCount } = await database.query(cutOff, [accountId, id, at]);
      return rowCount === 1;
    });
    if (!ended) return undefined;
    await database.query(revokeKeys, [id, at]);
    await database.query(revokeApprovals, [accountId, id, at]);
    const passkeys = await database.query<{ name: string }>(removePasskeys, [accountId, id, at]);
    return { ...ended, passkeys: passkeys.rows.map(({ name }) => name) };
  });
}
