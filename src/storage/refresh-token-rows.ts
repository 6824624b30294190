import type {
  FoundRefreshToken,
  RefreshTokenRecord,
  RefreshTokenStore,
} from '../provider/refresh-token-store.js';
import { statement } from './connection.js';
import type { Database } from './database.js';
import type { RefreshTokenRow } from './entities/refresh-token-entity.js';
import {
  earliestEnd,
  fromLiveGenerations,
  generationColumns,
  generationsMatch,
  generationValues,
  joinGenerations,
  readGenerations,
} from './generations.js';
import { orUndefined } from './values.js';

const insert = statement(
  'refresh_token_insert',
  `WITH ${readGenerations('$11')}
  INSERT INTO refresh_token (client_id, account_id, grant_id, session_uid, digest, jkt, issued_at, expires_at, payload, certificate,
    ${generationColumns})
  SELECT $1::text, $2::text, $3::text, $4::text, $5::bytea, $6::text, $7::bigint, $8::bigint, $9::json, $10::text,
    ${generationValues}
  ${fromLiveGenerations}`,
);

const find = statement(
  'refresh_token_find',
  `SELECT t.digest, t.client_id, t.account_id, t.grant_id, t.session_uid, t.jkt, t.certificate, t.issued_at, ${earliestEnd} AS expires_at, t.payload,
    t.consumed_at, t.sealed_successor, ${generationsMatch} AS alive
  FROM refresh_token t ${joinGenerations}
  WHERE t.digest = $1`,
);

/*
 * Of a revoked device nothing is made any more, also where the token was found a moment before: account, client, grant
 * and session are asked again by the insert of what comes of it, but a device takes new logins, so it is asked here.
 * Grant and session are held first, as whoever ends the device holds them (device-endings.ts), or the two would wait for
 * each other in a circle; CASE keeps the order.
 */
const deviceStands = `(t.device_id IS NULL OR CASE
  WHEN NOT EXISTS (SELECT FROM "grant" g WHERE g.id = t.grant_id FOR SHARE) THEN false
  WHEN t.session_uid IS NOT NULL AND NOT EXISTS (SELECT FROM session s WHERE s.uid = t.session_uid FOR SHARE) THEN false
  ELSE EXISTS (SELECT FROM device d WHERE d.id = t.device_id AND d.generation = t.device_generation FOR SHARE) END)`;
const consume = statement(
  'refresh_token_consume',
  `UPDATE refresh_token t SET consumed_at = $3, sealed_successor = $2
  WHERE digest = $1 AND consumed_at IS NULL AND ${deviceStands}`,
);
const stands = statement(
  'refresh_token_stands',
  `SELECT FROM refresh_token t WHERE digest = $1 AND ${deviceStands}`,
);

export class RefreshTokenRows implements RefreshTokenStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async insert(record: RefreshTokenRecord): Promise<boolean> {
    const { rowCount } = await this.#database.query(insert, [
      record.clientId,
      record.accountId,
      record.grantId,
      record.sessionUid,
      record.digest,
      record.jkt,
      record.issuedAt,
      record.expiresAt,
      JSON.stringify(record.payload),
      record.certificate,
      record.jkt ?? record.certificate,
    ]);
    return rowCount === 1;
  }

  async find(digest: Uint8Array): Promise<FoundRefreshToken | undefined> {
    const { rows } = await this.#database.query<FoundRefreshTokenRow>(find, [digest]);
    return rows[0] && refreshTokenFromRow(rows[0]);
  }

  async stands(digest: Uint8Array): Promise<boolean> {
    const { rowCount } = await this.#database.query(stands, [digest]);
    return rowCount === 1;
  }

  async consume(digest: Uint8Array, sealedSuccessor: string, at: Date): Promise<boolean> {
    const { rowCount } = await this.#database.query(consume, [digest, sealedSuccessor, at]);
    return rowCount === 1;
  }
}

export type FoundRefreshTokenRow = RefreshTokenRow & { alive: boolean };

export function refreshTokenFromRow(row: FoundRefreshTokenRow): FoundRefreshToken {
  return {
    digest: row.digest,
    clientId: row.client_id,
    accountId: row.account_id,
    grantId: row.grant_id,
    sessionUid: orUndefined(row.session_uid),
    jkt: orUndefined(row.jkt),
    certificate: orUndefined(row.certificate),
    issuedAt: Number(row.issued_at),
    expiresAt: Number(row.expires_at),
    payload: row.payload,
    alive: row.alive,
    consumedAt: orUndefined(row.consumed_at),
    sealedSuccessor: orUndefined(row.sealed_successor),
  };
}
