import type {
  AccessTokenRecord,
  AccessTokenStore,
  FoundAccessToken,
} from '../provider/access-token-store.js';
import { statement } from './connection.js';
import type { Database } from './database.js';
import { sightTokenKey } from './device-key-rows.js';
import type { AccessTokenRow } from './entities/access-token-entity.js';
import {
  accessTokenAlive,
  earliestEnd,
  fromLiveGenerations,
  generationColumns,
  generationValues,
  joinGenerations,
  readGenerations,
} from './generations.js';
import { accessTokenTable } from './partitioned-tables.js';
import type { Partitions } from './partitions.js';
import { numberOrUndefined, orUndefined } from './values.js';

const insert = statement(
  'access_token_insert',
  `WITH ${readGenerations('$19')}
  INSERT INTO access_token (client_id, account_id, grant_id, session_uid, digest, bucket, kind, format, jkt, scope,
    audience, acr, amr, auth_time, issued_at, expires_at, payload, certificate, ${generationColumns})
  SELECT $1::text, $2::text, $3::text, $4::text, $5::bytea, $6::int, $7::text, $8::text, $9::text, $10::text,
    $11::text, $12::text, $13::text[], $14::bigint, $15::bigint, $16::bigint, $17::json,
    $18::text, ${generationValues}
  ${fromLiveGenerations}`,
);

const find = statement(
  'access_token_find',
  `SELECT t.digest, t.bucket, t.kind, t.format, t.client_id, t.account_id, t.grant_id, t.session_uid, t.jkt,
    t.certificate, t.device_id, t.scope,
    t.audience, t.acr, t.amr, t.auth_time, t.issued_at, ${earliestEnd} AS expires_at, t.payload,
    c.source AS client_source, a.paid_tiers_held_until, ${accessTokenAlive} AS alive
  FROM access_token t ${joinGenerations}
  WHERE t.digest = $1 AND t.bucket = $2`,
);

const revoke = statement(
  'access_token_revoke',
  'UPDATE access_token SET revoked_at = $3 WHERE digest = $1 AND bucket = $2 AND revoked_at IS NULL',
);

export class AccessTokenRows implements AccessTokenStore {
  readonly #database: Database;
  readonly #partitions: Partitions;

  constructor(database: Database, partitions: Partitions) {
    this.#database = database;
    this.#partitions = partitions;
  }

  async insert(record: AccessTokenRecord): Promise<boolean> {
    const values = [
      record.clientId,
      record.accountId,
      record.grantId,
      record.sessionUid,
      record.digest,
      record.bucket,
      record.kind,
      record.format,
      record.jkt,
      record.scope,
      record.audience,
      record.acr,
      record.amr,
      record.authTime,
      record.issuedAt,
      record.expiresAt,
      JSON.stringify(record.payload),
      record.certificate,
      record.jkt ?? record.certificate,
    ];
    const { accountId, ofLogin, issuedAt } = record;
    const key = record.jkt ?? record.certificate;
    if (ofLogin && accountId !== undefined && key !== undefined) {
      const kind = record.jkt === undefined ? 'certificate' : 'dpop';
      const at = new Date(issuedAt * 1000);
      const { clientId: label, loginSessionUid: session } = record;
      const sighted = await this.#database.query(sightTokenKey, [accountId, key, at, session, kind, label]);
      if (sighted.rowCount !== 1) return false;
    }
    const { rowCount } = await this.#partitions.inserting(accessTokenTable, record.bucket, () =>
      this.#database.query(insert, values),
    );
    return rowCount === 1;
  }

  async find(digest: Uint8Array, bucket: number): Promise<FoundAccessToken | undefined> {
    const { rows } = await this.#database.query<FoundRow>(find, [digest, bucket]);
    return rows[0] && fromRow(rows[0]);
  }

  async revoke(digest: Uint8Array, bucket: number, at: Date): Promise<void> {
    await this.#database.query(revoke, [digest, bucket, at]);
  }
}

type FoundRow = AccessTokenRow & {
  alive: boolean;
  client_source: string | null;
  paid_tiers_held_until: Date | null;
};

function fromRow(row: FoundRow): FoundAccessToken {
  return {
    digest: row.digest,
    bucket: row.bucket,
    kind: row.kind as FoundAccessToken['kind'],
    format: row.format as FoundAccessToken['format'],
    clientId: row.client_id,
    accountId: orUndefined(row.account_id),
    grantId: orUndefined(row.grant_id),
    sessionUid: orUndefined(row.session_uid),
    jkt: orUndefined(row.jkt),
    certificate: orUndefined(row.certificate),
    deviceId: orUndefined(row.device_id),
    scope: orUndefined(row.scope),
    audience: orUndefined(row.audience),
    acr: orUndefined(row.acr),
    amr: orUndefined(row.amr),
    authTime: numberOrUndefined(row.auth_time),
    issuedAt: Number(row.issued_at),
    expiresAt: Number(row.expires_at),
    payload: row.payload,
    alive: row.alive,
    paidTiersHeldUntil: orUndefined(row.paid_tiers_held_until),
    clientSource: row.client_source === 'config' ? 'config' : 'database',
  };
}
