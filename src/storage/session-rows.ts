import type { SessionRecord, SessionStore } from '../provider/session-store.js';
import { statement } from './connection.js';
import type { Database } from './database.js';
import type { SessionRow } from './entities/session-entity.js';
import { isStorable, orUndefined } from './values.js';

/*
 * Saving neither revives a session that was ended nor one whose account was revoked since its login. A login of
 * somebody else in the same session moves the session's generation: what hung on the first login dies.
 */
const save = statement(
  'session_save',
  `WITH a AS (SELECT generation FROM account WHERE id = $3 AND disabled_at IS NULL FOR SHARE)
  INSERT INTO session AS s (uid, digest, account_id, account_generation, expires_at, payload)
  SELECT $1::text, $2::bytea, $3::text, a.generation, $4::bigint, $5::json
  FROM (VALUES (1)) AS one LEFT JOIN a ON true WHERE $3::text IS NULL OR a.generation IS NOT NULL
  ON CONFLICT (uid) DO UPDATE SET digest = excluded.digest, expires_at = excluded.expires_at,
    payload = excluded.payload, account_id = excluded.account_id, account_generation = excluded.account_generation,
    generation = s.generation + (s.account_id IS DISTINCT FROM excluded.account_id)::int
  WHERE s.ended_at IS NULL AND (s.account_id IS DISTINCT FROM excluded.account_id
    OR s.account_generation IS NOT DISTINCT FROM excluded.account_generation)`,
);

const live = `SELECT s.uid, s.digest, s.account_id, s.expires_at, s.payload
  FROM session s LEFT JOIN account a ON a.id = s.account_id
  WHERE s.ended_at IS NULL
    AND (s.account_id IS NULL OR (a.generation = s.account_generation AND a.disabled_at IS NULL))`;

const findByDigest = statement('session_find_by_digest', `${live} AND s.digest = $1`);
const findByUid = statement('session_find_by_uid', `${live} AND s.uid = $1`);
const end = statement(
  'session_end',
  'UPDATE session SET ended_at = $2, generation = generation + 1 WHERE uid = $1 AND ended_at IS NULL',
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

  async save(session: SessionRecord): Promise<boolean> {
    const { rowCount } = await this.#database.query(save, [
      session.uid,
      session.digest,
      session.accountId,
      session.expiresAt,
      JSON.stringify(session.payload),
    ]);
    return rowCount === 1;
  }

  async findByDigest(digest: Uint8Array): Promise<SessionRecord | undefined> {
    return this.#one(findByDigest, digest);
  }

  async findByUid(uid: string): Promise<SessionRecord | undefined> {
    return isStorable(uid) ? this.#one(findByUid, uid) : undefined;
  }

  async end(uid: string, at: Date): Promise<boolean> {
    if (!isStorable(uid)) return false;
    const { rowCount } = await this.#database.query(end, [uid, at]);
    return rowCount === 1;
  }

  async endByDigest(digest: Uint8Array, at: Date): Promise<boolean> {
    const { rowCount } = await this.#database.query(endByDigest, [digest, at]);
    return rowCount === 1;
  }

  async #one(query: typeof findByUid, value: unknown): Promise<SessionRecord | undefined> {
    const { rows } = await this.#database.query<SessionRow>(query, [value]);
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
