import type { DeviceKeyKind, KeyOfDevice } from '../binding/device.js';
import { statement } from './connection.js';
import type { DeviceKeyRow } from './entities/device-key-entity.js';

export const keysOf = statement(
  'device_keys_of',
  'SELECT * FROM device_key WHERE account_id = $1 ORDER BY last_seen_at DESC, thumbprint',
);

/*
 * The key of a login's tokens. In a session of a browser's it belongs to that browser; else it is a device of its own, with
 * an id made of it, so that twenty-five logins at once make one. Never one of a browser that was cut off: nobody would see it
 * there, nor cut it off again. A session of such a browser brings nothing any more, a code from before neither. The account
 * first: whoever removes it takes its row first, too.
 */
export const sightTokenKey = statement(
  'device_sight_token_key',
  `WITH a AS (SELECT id FROM account WHERE id = $1 AND disabled_at IS NULL
      AND NOT EXISTS (SELECT FROM bound_key WHERE thumbprint = $2 AND revoked_at IS NOT NULL)
      AND NOT EXISTS (SELECT FROM session s JOIN device d ON d.id = s.device_id
        WHERE s.uid = $4 AND s.account_id = $1 AND d.cut_off_at IS NOT NULL) FOR SHARE),
    held AS (SELECT s.device_id AS id FROM session s JOIN device d ON d.id = s.device_id
      WHERE s.uid = $4 AND s.account_id = $1 AND d.cut_off_at IS NULL),
    own AS (SELECT coalesce((SELECT id FROM held), (SELECT d.id FROM device_key k JOIN device d ON d.id = k.device_id
        WHERE k.account_id = $1 AND k.thumbprint = $2 AND (d.kind = 'app' OR d.cut_off_at IS NULL)),
      'dev_' || left(encode(sha256(convert_to($1 || ' ' || $2, 'UTF8')), 'hex'), 32)) AS id),
    device_seen AS (INSERT INTO device AS d (id, account_id, kind, label, created_at, last_seen_at)
      SELECT own.id, a.id, 'app', $6::text, $3::timestamptz, $3::timestamptz FROM a, own
      ON CONFLICT (id) DO UPDATE SET last_seen_at = greatest(d.last_seen_at, excluded.last_seen_at), 
        cut_off_at = CASE WHEN d.kind = 'app' THEN NULL ELSE d.cut_off_at END)
  INSERT INTO device_key AS k (account_id, thumbprint, device_id, kind, first_seen_at, last_seen_at)
  SELECT a.id, $2::text, own.id, $5::text, $3::timestamptz, $3::timestamptz FROM a, own
  ON CONFLICT (account_id, thumbprint) DO UPDATE SET device_id = excluded.device_id,
    last_seen_at = greatest(k.last_seen_at, excluded.last_seen_at), times_seen = k.times_seen + 1`,
);

export function keyFromRow(row: DeviceKeyRow): KeyOfDevice {
  return {
    thumbprint: row.thumbprint,
    kind: row.kind as DeviceKeyKind,
    firstSeenAt: row.first_seen_at,
    lastSeenAt: row.last_seen_at,
    timesSeen: row.times_seen,
  };
}
