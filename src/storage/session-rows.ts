import type { AccountId } from '../accounts/account.js';
import type {
  SessionFind,
  SessionRecord,
  SessionSave,
  SessionStore,
  SignedInBrowser,
} from '../provider/session-store.js';
import { statement } from './connection.js';
import type { Database } from './database.js';
import type { SessionRow } from './entities/session-entity.js';
import { presentEpoch, sessionEpochStands } from './generations.js';
import { isStorable, orUndefined } from './values.js';

/*
 * Saving neither revives a session that was ended nor one whose account was revoked since its login, nor an id that the
 * session no longer has ($11 is the one that the request came with: a thief's may be under way); nor does a login
 * that was verified before the account's revocation make one after it ($6 is the generation that the login saw). A
 * login of somebody else in the same session moves the session's generation: what hung on the first login dies.
 */
const save = statement(
  'session_save',
  `WITH a AS (SELECT generation FROM account WHERE id = $3 AND disabled_at IS NULL
      AND ($6::int IS NULL OR generation = $6) FOR SHARE)
  INSERT INTO session AS s
    (uid, digest, account_id, account_generation, expires_at, payload, signed_in_at, last_seen_at, place, browser,
    epoch)
  SELECT $1::text, $2::bytea, $3::text, a.generation, $4::bigint, $5::json, $7::timestamptz, $8::timestamptz, $9::text, $10::text,
    ${presentEpoch}
  FROM (VALUES (1)) AS one LEFT JOIN a ON true WHERE $3::text IS NULL OR a.generation IS NOT NULL
  ON CONFLICT (uid) DO UPDATE SET digest = excluded.digest, expires_at = excluded.expires_at,
    payload = excluded.payload, account_id = excluded.account_id, account_generation = excluded.account_generation,
    signed_in_at = excluded.signed_in_at, last_seen_at = excluded.last_seen_at,
    place = excluded.place, browser = excluded.browser,
    generation = s.generation + (s.account_id IS DISTINCT FROM excluded.account_id)::int,
    epoch = CASE WHEN s.account_id IS DISTINCT FROM excluded.account_id THEN excluded.epoch ELSE s.epoch END
  WHERE s.ended_at IS NULL AND s.digest = $11 AND (s.account_id IS DISTINCT FROM excluded.account_id
    OR s.account_generation IS NOT DISTINCT FROM excluded.account_generation)`,
);

const columns = 's.uid, s.digest, s.account_id, s.expires_at, s.payload';
const live = `FROM session s LEFT JOIN account a ON a.id = s.account_id
  WHERE s.ended_at IS NULL
    AND (s.account_id IS NULL OR (a.generation = s.account_generation AND a.disabled_at IS NULL))
    AND (s.account_id IS NULL OR ${sessionEpochStands})`;

/*
 * NIST SP 800-63B-4 §5.2, ASVS 7.3.1: a session that nobody used for the idle time is over, whether or not anything
 * swept it. Its use is written down, but not at every request of a busy minute.
 */
const findByDigest = statement(
  'session_find_by_digest',
  `WITH found AS (SELECT ${columns}, s.last_seen_at ${live} AND s.digest = $1
      AND s.last_seen_at > $2::timestamptz - make_interval(secs => $3)),
    used AS (UPDATE session SET last_seen_at = $2, place = $4, browser = $5
      WHERE digest = $1 AND uid IN (SELECT uid FROM found WHERE last_seen_at <= $2::timestamptz - interval '1 minute'))
  SELECT uid, digest, account_id, expires_at, payload FROM found`,
);
const findByUid = statement('session_find_by_uid', `SELECT ${columns} ${live} AND s.uid = $1`);
const listOf = statement(
  'session_list_of',
  `SELECT s.uid, s.signed_in_at, s.last_seen_at, s.place, s.browser ${live} AND s.account_id = $1
    AND s.last_seen_at > $2::timestamptz - make_interval(secs => $3) AND s.expires_at > extract(epoch FROM $2::timestamptz)
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
    ]);
  }

  async findByDigest(digest: Uint8Array, use: SessionFind): Promise<SessionRecord | undefined> {
    return this.#one(findByDigest, [digest, use.at, use.idleSeconds, use.place, use.browser]);
  }

  async findByUid(uid: string): Promise<SessionRecord | undefined> {
    return isStorable(uid) ? this.#one(findByUid, [uid]) : undefined;
  }

  async listOf(
    accountId: AccountId,
    { at, idleSeconds }: { at: Date; idleSeconds: number },
  ): Promise<SignedInBrowser[]> {
    const { rows } = await this.#database.query<SessionRow>(listOf, [accountId, at, idleSeconds]);
    return rows.map((row) => ({
      uid: row.uid,
      signedInAt: orUndefined(row.signed_in_at),
      lastSeenAt: row.last_seen_at,
      place: orUndefined(row.place),
      browser: orUndefined(row.browser),
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

function fromRow(row: SessionRow): SessionRecord {
  return {
    uid: row.uid,
    digest: row.digest,
    accountId: orUndefined(row.account_id),
    expiresAt: Number(row.expires_at),
    payload: row.payload,
  };
}
