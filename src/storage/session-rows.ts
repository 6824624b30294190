import type { AccountId } from '../accounts/account.js';
import type {
  FoundSession,
  SessionFind,
  SessionLimits,
  SessionRecord,
  SessionSave,
  SessionStore,
  SignedInBrowser,
  UnprovenSession,
} from '../provider/session-store.js';
import { statement } from './connection.js';
import type { Database } from './database.js';
import type { SessionRow } from './entities/session-entity.js';
import { presentEpoch, sessionEpochStands } from './generations.js';
import { isStorable, orUndefined } from './values.js';

/*
 * Saving neither revives a session that was ended nor one whose account was revoked since its login, nor an id that the
 * session no longer has ($11 is the one that the request came with: a thief's may be under way); nor does a login
 * that was verified before the account's revocation make one after it ($6 is the generation that the login saw), nor one
 * on a device that was cut off meanwhile. A
 * login of somebody else in the same session moves the session's generation: what hung on the first login dies.
 */
const save = statement(
  'session_save',
  `WITH a AS (SELECT generation FROM account WHERE id = $3 AND disabled_at IS NULL
      AND ($6::int IS NULL OR generation = $6) FOR SHARE),
    d AS (SELECT d.id, d.cut_off_at FROM device_key k JOIN device d ON d.id = k.device_id
      WHERE k.account_id = $3 AND k.thumbprint = $12 FOR SHARE OF d)
  INSERT INTO session AS s
    (uid, digest, account_id, account_generation, expires_at, payload, signed_in_at, last_seen_at, place, browser,
    epoch, began_at, device_id)
  SELECT $1::text, $2::bytea, $3::text, a.generation, $4::bigint, $5::json, $7::timestamptz, $8::timestamptz, $9::text, $10::text,
    ${presentEpoch}, $8, d.id
  FROM (VALUES (1)) AS one LEFT JOIN a ON true LEFT JOIN d ON true
  WHERE ($3::text IS NULL OR a.generation IS NOT NULL) AND d.cut_off_at IS NULL
  ON CONFLICT (uid) DO UPDATE SET digest = excluded.digest, expires_at = excluded.expires_at,
    payload = excluded.payload, account_id = excluded.account_id, account_generation = excluded.account_generation,
    began_at = CASE WHEN s.signed_in_at IS DISTINCT FROM excluded.signed_in_at THEN excluded.began_at ELSE s.began_at END,
    signed_in_at = excluded.signed_in_at, last_seen_at = excluded.last_seen_at,
    place = excluded.place, browser = excluded.browser, 
    device_id = CASE WHEN s.account_id IS DISTINCT FROM excluded.account_id THEN excluded.device_id
      ELSE coalesce(excluded.device_id, s.device_id) END,
    generation = s.generation + (s.account_id IS DISTINCT FROM excluded.account_id)::int,
    epoch = CASE WHEN s.account_id IS DISTINCT FROM excluded.account_id THEN excluded.epoch ELSE s.epoch END
  WHERE s.ended_at IS NULL AND s.digest = $11 AND (s.account_id IS DISTINCT FROM excluded.account_id
    OR s.account_generation IS NOT DISTINCT FROM excluded.account_generation)`,
);

const columns = 's.uid, s.digest, s.account_id, s.expires_at, s.payload';
const bound = 'b.id AS bound_id, b.registered_at';
/** FROM and WHERE of sessions that have not ended. */
export const sessionLives = `FROM session s LEFT JOIN account a ON a.id = s.account_id LEFT JOIN bound_session b ON b.session_uid = s.uid
  WHERE s.ended_at IS NULL
    AND (s.account_id IS NULL OR (a.generation = s.account_generation AND a.disabled_at IS NULL))
    AND (s.account_id IS NULL OR ${sessionEpochStands})`;

/** Just registered: what the browser had sent before it was given the bound cookie is still its own. */
const grace = "interval '10 seconds'";
/** Parameters: time $2, idle time $3. */
export const sessionInUse = 's.last_seen_at > $2::timestamptz - make_interval(secs => $3)';
/** Parameter: how many seconds a session lives that no device holds. */
const young = (unbound: string) =>
  `(s.began_at IS NULL OR s.began_at > $2::timestamptz - make_interval(secs => ${unbound}))`;

/*
 * NIST SP 800-63B-4 §5.2, ASVS 7.3.1: a session that nobody used for the idle time is over, whether or not anything
 * swept it. Its use is written down, but not at every request of a busy minute.
 */
const findByDigest = statement(
  'session_find_by_digest',
  `WITH found AS (SELECT ${columns}, ${bound}, s.last_seen_at ${sessionLives} AND s.digest = $1
      AND ${sessionInUse} AND CASE WHEN b.id IS NULL THEN ${young('$7')}
        ELSE b.id = $6 OR b.registered_at > $2::timestamptz - ${grace} END),
    used AS (UPDATE session SET last_seen_at = $2, place = $4, browser = $5
      WHERE digest = $1 AND uid IN (SELECT uid FROM found WHERE last_seen_at <= $2::timestamptz - interval '1 minute'))
  SELECT uid, digest, account_id, expires_at, payload, bound_id, registered_at FROM found`,
);
const findUnproven = statement(
  'session_find_unproven',
  `SELECT s.uid, s.account_id, s.place, s.browser, b.id AS bound_id ${sessionLives} AND s.digest = $1
    AND ${sessionInUse} AND b.registered_at <= $2::timestamptz - ${grace} AND s.account_id IS NOT NULL`,
);
const findByUid = statement('session_find_by_uid', `SELECT ${columns} ${sessionLives} AND s.uid = $1`);
const listOf = statement(
  'session_list_of',
  `SELECT s.uid, s.signed_in_at, s.last_seen_at, s.place, s.browser, s.device_id, b.registered_at,
    ARRAY(SELECT json_object_keys(s.payload -> 'authorizations')) AS client_ids
  ${sessionLives} AND s.account_id = $1
    AND ${sessionInUse} AND s.expires_at > extract(epoch FROM $2::timestamptz)
    AND (b.id IS NOT NULL OR ${young('$4')})
  ORDER BY s.last_seen_at DESC, s.uid`,
);
const end = statement(
  'session_end',
  'UPDATE session SET ended_at = $2, generation = generation + 1 WHERE uid = $1 AND ended_at IS NULL',
);
const endOf = statement(
  'session_end_of',
  `UPDATE session SET ended_at = $2, generation = generation + 1
  WHERE uid = $1 AND account_id = $3 AND ended_at IS NULL`,
);
const endByDigest = statement(
  'session_end_by_digest',
  'UPDATE session SET ended_at = $2, generation = generation + 1 WHERE digest = $1 AND ended_at IS NULL',
);

export class SessionRows implements SessionStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async save(session: SessionRecord, use: SessionSave): Promise<boolean> {
    return this.#changed(save, [
      session.uid,
      session.digest,
      session.accountId,
      session.expiresAt,
      JSON.stringify(session.payload),
      use.accountGeneration,
      use.signedInAt,
      use.at,
      use.place,
      use.browser,
      use.replaces ?? session.digest,
      use.browserKey,
    ]);
  }

  async findByDigest(digest: Uint8Array, use: SessionFind): Promise<FoundSession | undefined> {
    const { at, idleSeconds, place, browser, boundTo, unboundSeconds } = use;
    const values = [digest, at, idleSeconds, place, browser, boundTo, unboundSeconds];
    const { rows } = await this.#database.query<FoundRow>(findByDigest, values);
    const [row] = rows;
    if (!row) return undefined;
    const { bound_id: id, registered_at: registeredAt } = row;
    return {
      ...fromRow(row),
      ...(id === null || registeredAt === null ? {} : { binding: { id, registeredAt } }),
    };
  }

  async findUnproven(digest: Uint8Array, use: SessionFind): Promise<UnprovenSession | undefined> {
    const { rows } = await this.#database.query<FoundRow>(findUnproven, [digest, use.at, use.idleSeconds]);
    const [row] = rows;
    return (
      row && {
        uid: row.uid,
        accountId: row.account_id as AccountId,
        bindingId: row.bound_id ?? '',
        place: orUndefined(row.place),
        browser: orUndefined(row.browser),
      }
    );
  }

  async findByUid(uid: string): Promise<SessionRecord | undefined> {
    return isStorable(uid) ? this.#one(findByUid, [uid]) : undefined;
  }

  async listOf(
    accountId: AccountId,
    { at, idleSeconds, unboundSeconds }: SessionLimits & { readonly at: Date },
  ): Promise<SignedInBrowser[]> {
    const values = [accountId, at, idleSeconds, unboundSeconds];
    const { rows } = await this.#database.query<ListedRow>(listOf, values);
    return rows.map((row) => ({
      uid: row.uid,
      deviceId: orUndefined(row.device_id),
      signedInAt: orUndefined(row.signed_in_at),
      lastSeenAt: row.last_seen_at,
      place: orUndefined(row.place),
      browser: orUndefined(row.browser),
      heldSince: orUndefined(row.registered_at),
      clientIds: row.client_ids,
    }));
  }

  async end(uid: string, at: Date): Promise<boolean> {
    return isStorable(uid) && this.#changed(end, [uid, at]);
  }

  async endOf(accountId: AccountId, uid: string, at: Date): Promise<boolean> {
    return isStorable(uid) && this.#changed(endOf, [uid, at, accountId]);
  }

  async endByDigest(digest: Uint8Array, at: Date): Promise<boolean> {
    return this.#changed(endByDigest, [digest, at]);
  }

  async #changed(change: typeof save, values: unknown[]): Promise<boolean> {
    const { rowCount } = await this.#database.query(change, values);
    return rowCount === 1;
  }

  async #one(query: typeof findByUid, values: unknown[]): Promise<SessionRecord | undefined> {
    const { rows } = await this.#database.query<SessionRow>(query, values);
    return rows[0] && fromRow(rows[0]);
  }
}

type ListedRow = SessionRow & { readonly registered_at: Date | null; readonly client_ids: string[] };
type FoundRow = SessionRow & { readonly bound_id: string | null; readonly registered_at: Date | null };

function fromRow(row: SessionRow): SessionRecord {
  return {
    uid: row.uid,
    digest: row.digest,
    accountId: orUndefined(row.account_id),
    expiresAt: Number(row.expires_at),
    payload: row.payload,
  };
}
