import type { DeviceId } from '../binding/device.js';
import { statement } from './connection.js';
import type { Database } from './database.js';

/** What oidc-provider keeps in a session of who was let in there; what hangs on the device's keys dies with them. */
const revokeGrants = statement(
  'device_revoke_grants',
  `UPDATE "grant" SET revoked_at = $2, generation = generation + 1
  WHERE revoked_at IS NULL AND account_id = (SELECT account_id FROM device WHERE id = $1)
    AND id IN (SELECT a.value ->> 'grantId' FROM session s, json_each(s.payload -> 'authorizations') a WHERE s.device_id = $1)`,
);
const endSessions = statement(
  'device_end_sessions',
  'UPDATE session SET ended_at = $2, generation = generation + 1 WHERE device_id = $1 AND ended_at IS NULL',
);

export interface Endings {
  readonly grants: number;
  readonly sessions: number;
}

/**
 * Ends a device, `cutOff` moving its row, with what was let in there. Grants and sessions first, in the order in which the
 * insert of a token holds them, so that the two never wait for each other in a circle. A login that is being saved waits
 * for the device and then finds it cut off; one that came before that is met by the second look.
 * @returns undefined when `cutOff` finds no such device
 */
export async function endDevice(
  database: Database,
  { id, at }: { readonly id: DeviceId; readonly at: Date },
  cutOff: () => Promise<boolean>,
): Promise<Endings | undefined> {
  const end = async () => {
    const grants = await database.query(revokeGrants, [id, at]);
    const sessions = await database.query(endSessions, [id, at]);
    return { grants: grants.rowCount ?? 0, sessions: sessions.rowCount ?? 0 };
  };
  const first = await end();
  if (!(await cutOff())) return undefined;
  const second = await end();
  return { grants: first.grants + second.grants, sessions: first.sessions + second.sessions };
}
