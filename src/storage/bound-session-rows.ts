import type { AccountId } from '../accounts/account.js';
import type { DeviceKey } from '../dbsc/device-key.js';
import type {
  BoundSessionAt,
  BoundSessionStore,
  LastProof,
  Registration,
  Suspected,
  Turn,
} from '../provider/bound-session-store.js';
import { statement } from './connection.js';
import type { Database } from './database.js';
import type { BoundSessionRow } from './entities/bound-session-entity.js';
import { sessionInUse, sessionLives } from './session-rows.js';
import { isStorable, orUndefined } from './values.js';

/** The session is locked, so that none is bound that ends at the same moment. */
const register = statement(
  'bound_session_register',
  `WITH held AS (SELECT s.uid, s.account_id ${sessionLives} AND s.uid = $2 AND ($3::bytea IS NULL OR s.digest = $3)
      AND s.signed_in_at = $4 AND s.account_id IS NOT NULL FOR SHARE OF s),
    made AS (
  INSERT INTO bound_session (id, session_uid, algorithm, public_key, thumbprint, turned_at, registered_at, place, browser)
  SELECT $1::text, uid, $5::text, $6::json, $7::text, $8::timestamptz, $8::timestamptz, $9::text, $10::text FROM held
      ON CONFLICT DO NOTHING RETURNING session_uid)
  SELECT account_id FROM held WHERE uid IN (SELECT session_uid FROM made)`,
);
const find = statement(
  'bound_session_find',
  `SELECT bound.*, EXISTS (SELECT ${sessionLives} AND s.uid = bound.session_uid AND s.account_id IS NOT NULL
      AND ${sessionInUse}) AS alive,
    (SELECT uid FROM session WHERE digest = $1 AND ended_at IS NULL) AS presented,
    (SELECT account_id FROM session WHERE uid = bound.session_uid) AS account_id
  FROM bound_session bound WHERE bound.id = $4`,
);
const advance = statement(
  'bound_session_advance',
  `UPDATE bound_session SET turn = turn + 1, turned_at = $3, failures = 0, suspected_at = NULL, place = $4, browser = $5
  WHERE id = $1 AND turn = $2`,
);
const findOfSession = statement(
  'bound_session_find_of_session',
  'SELECT id, thumbprint FROM bound_session WHERE session_uid = $1',
);
const lastProof = statement(
  'bound_session_last_proof',
  `SELECT b.id, b.session_uid, b.turn, b.place, b.browser, s.account_id FROM bound_session b
  JOIN session s ON s.uid = b.session_uid WHERE b.id = $1 AND s.ended_at IS NULL AND s.account_id IS NOT NULL`,
);
/** Of many doubts at once one is the first: each waits for the one before. */
const suspect = statement(
  'bound_session_suspect',
  `WITH doubted AS (SELECT id, suspected_at FROM bound_session WHERE id = $1 AND turn = $2 FOR UPDATE)
  UPDATE bound_session b SET suspected_at = coalesce(doubted.suspected_at, $3)
  FROM doubted WHERE b.id = doubted.id RETURNING b.suspected_at AS since, doubted.suspected_at IS NULL AS first`,
);
const countFailure = statement(
  'bound_session_count_failure',
  'UPDATE bound_session SET failures = failures + 1 WHERE id = $1 RETURNING failures',
);

export class BoundSessionRows implements BoundSessionStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async register(registration: Registration): Promise<AccountId | undefined> {
    const { id, sessionUid, digest, signedInAt, key, at, place, browser } = registration;
    const { algorithm, publicKey, thumbprint } = key;
    const values = [
      id,
      sessionUid,
      digest,
      signedInAt,
      algorithm,
      JSON.stringify(publicKey),
      thumbprint,
      at,
      place,
      browser,
    ];
    const { rows } = await this.#database.query<{ account_id: AccountId }>(register, values);
    return rows[0]?.account_id;
  }

  async find(
    id: string,
    { digest, at, idleSeconds }: { digest: Uint8Array; at: Date; idleSeconds: number },
  ): Promise<BoundSessionAt | undefined> {
    if (!isStorable(id)) return undefined;
    const { rows } = await this.#database.query<FoundRow>(find, [digest, at, idleSeconds, id]);
    return rows[0] && fromRow(rows[0]);
  }

  async advance({ id, turn, at, place, browser }: Turn): Promise<boolean> {
    const { rowCount } = await this.#database.query(advance, [id, turn, at, place, browser]);
    return rowCount === 1;
  }

  async findOfSession(sessionUid: string): Promise<{ id: string; thumbprint: string } | undefined> {
    const { rows } = await this.#database.query<{ id: string; thumbprint: string }>(findOfSession, [
      sessionUid,
    ]);
    return rows[0] && { id: rows[0].id, thumbprint: rows[0].thumbprint };
  }

  async lastProof(id: string): Promise<LastProof | undefined> {
    const { rows } = await this.#database.query<LastProofRow>(lastProof, [id]);
    const [row] = rows;
    return (
      row && {
        id: row.id,
        sessionUid: row.session_uid,
        accountId: row.account_id,
        turn: row.turn,
        place: orUndefined(row.place),
        browser: orUndefined(row.browser),
      }
    );
  }

  async suspect({ id, turn, at }: { id: string; turn: number; at: Date }): Promise<Suspected | undefined> {
    const { rows } = await this.#database.query<Suspected>(suspect, [id, turn, at]);
    return rows[0];
  }

  async countFailure(id: string): Promise<number> {
    const { rows } = await this.#database.query<{ failures: number }>(countFailure, [id]);
    return rows[0]?.failures ?? 0;
  }
}

type FoundRow = BoundSessionRow & {
  readonly alive: boolean;
  readonly presented: string | null;
  readonly account_id: string | null;
};
type LastProofRow = Pick<BoundSessionRow, 'id' | 'session_uid' | 'turn' | 'place' | 'browser'> & {
  readonly account_id: string;
};

function fromRow(row: FoundRow): BoundSessionAt {
  const algorithm = row.algorithm as DeviceKey['algorithm'];
  return {
    id: row.id,
    sessionUid: row.session_uid,
    key: { algorithm, publicKey: row.public_key, thumbprint: row.thumbprint },
    turn: row.turn,
    turnedAt: row.turned_at,
    accountId: orUndefined(row.account_id),
    place: orUndefined(row.place),
    browser: orUndefined(row.browser),
    alive: row.alive,
    presented: presentedBy(row),
  };
}

function presentedBy({ presented, session_uid: own }: FoundRow): BoundSessionAt['presented'] {
  if (presented === null) return 'unknown';
  return presented === own ? 'this' : 'another';
}
