import type { GrantRecord, GrantStore } from '../provider/grant-store.js';
import { statement } from './connection.js';
import type { Database } from './database.js';
import type { GrantRow } from './entities/grant-entity.js';
import { grantEpochStands, presentEpoch } from './generations.js';
import { isStorable } from './values.js';

/** An update keeps the generations that the grant was made under, so a revocation of its account stands. */
const save = statement(
  'grant_save',
  `WITH c AS (SELECT generation FROM client WHERE client_id = $2 AND removed_at IS NULL FOR SHARE),
    a AS (SELECT generation FROM account WHERE id = $3 AND disabled_at IS NULL FOR SHARE)
  INSERT INTO "grant" AS g (id, client_id, account_id, account_generation, client_generation, expires_at, payload,
    issued_at, epoch)
  SELECT $1::text, $2::text, $3::text, a.generation, c.generation, $4::bigint, $5::json, $6::bigint, ${presentEpoch}
  FROM a, c
  ON CONFLICT (id) DO UPDATE SET expires_at = excluded.expires_at, payload = excluded.payload
    WHERE g.revoked_at IS NULL`,
);

const live = `SELECT g.id, g.client_id, g.account_id, g.issued_at, g.expires_at, g.payload FROM "grant" g
  JOIN client c ON c.client_id = g.client_id AND c.generation = g.client_generation AND c.removed_at IS NULL
  JOIN account a ON a.id = g.account_id AND a.generation = g.account_generation AND a.disabled_at IS NULL
  WHERE g.revoked_at IS NULL AND ${grantEpochStands}`;

const find = statement('grant_find', `${live} AND g.id = $1`);
const listOf = statement('grant_list_of', `${live} AND g.account_id = $1 ORDER BY g.id`);
const revoke = statement(
  'grant_revoke',
  'UPDATE "grant" SET revoked_at = $2, generation = generation + 1 WHERE id = $1 AND revoked_at IS NULL',
);
const revokeOf = statement(
  'grant_revoke_of',
  `UPDATE "grant" SET revoked_at = $3, generation = generation + 1
  WHERE account_id = $1 AND client_id = $2 AND revoked_at IS NULL`,
);

export class GrantRows implements GrantStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async save(grant: GrantRecord): Promise<void> {
    const { id, clientId, accountId, expiresAt, issuedAt } = grant;
    const payload = JSON.stringify(grant.payload);
    await this.#database.query(save, [id, clientId, accountId, expiresAt, payload, issuedAt]);
  }

  async find(id: string): Promise<GrantRecord | undefined> {
    if (!isStorable(id)) return undefined;
    const { rows } = await this.#database.query<GrantRow>(find, [id]);
    return rows[0] && fromRow(rows[0]);
  }

  async revoke(id: string, at: Date): Promise<boolean> {
    if (!isStorable(id)) return false;
    const { rowCount } = await this.#database.query(revoke, [id, at]);
    return rowCount === 1;
  }

  async revokeOf(accountId: string, clientId: string, at: Date): Promise<boolean> {
    if (!isStorable(clientId)) return false;
    const { rowCount } = await this.#database.query(revokeOf, [accountId, clientId, at]);
    return (rowCount ?? 0) > 0;
  }

  async listOf(accountId: string): Promise<GrantRecord[]> {
    const { rows } = await this.#database.query<GrantRow>(listOf, [accountId]);
    return rows.map(fromRow);
  }
}

function fromRow(row: GrantRow): GrantRecord {
  return {
    id: row.id,
    clientId: row.client_id,
    accountId: row.account_id,
    issuedAt: Number(row.issued_at),
    expiresAt: Number(row.expires_at),
    payload: row.payload,
  };
}
