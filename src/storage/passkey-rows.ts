import type { AccountId } from '../accounts/account.js';
import type { Passkey, PasskeyOrigin } from '../accounts/passkey.js';
import type { PasskeyStore, PasskeyUse } from '../accounts/passkey-store.js';
import { IsNull } from 'typeorm';
import { statement } from './connection.js';
import type { Database } from './database.js';
import { PasskeyEntity, type PasskeyRow } from './entities/passkey-entity.js';
import { orUndefined } from './values.js';

const columns = `credential_id, account_id, public_key, algorithm, sign_count, backup_eligible, backed_up, transports,
  aaguid, name, created_at, last_used_at, made_by, step_up_from, regressed_at, backup_changed_at, removed_at, attested`;

// An account that is deleted meanwhile must not leave a passkey behind.
const insert = statement(
  'passkey_insert',
  `INSERT INTO passkey (${columns})
  SELECT $1::bytea, a.id, $3::bytea, $4::int, $5::bigint, $6::boolean, $7::boolean, $8::text[], $9::text, $10::text,
    $11::timestamptz, $12::timestamptz, $13::text, $14::timestamptz, $15::timestamptz, $16::timestamptz, $17::timestamptz,
    $18::boolean
  FROM account a WHERE a.id = $2 FOR KEY SHARE
  ON CONFLICT (credential_id) DO NOTHING`,
);
// The account's row is the queue: whoever comes second sees, in its own next statement, what the first one inserted.
const lockOwner = statement('passkey_lock_owner', 'SELECT id FROM account WHERE id = $1 FOR UPDATE');
const anyOf = statement(
  'passkey_any_of',
  'SELECT 1 FROM passkey WHERE account_id = $1 AND removed_at IS NULL LIMIT 1',
);
// WebAuthn L3 §7.2 step 22: the comparison is made on the row that is locked, so one count is good once.
const recordUse = statement(
  'passkey_record_use',
  `UPDATE passkey SET sign_count = $2, last_used_at = $4, backed_up = $3,
    backup_changed_at = CASE WHEN backed_up = $3 THEN backup_changed_at ELSE $4 END
  WHERE credential_id = $1 AND (sign_count < $2 OR (sign_count = 0 AND $2 = 0))`,
);
const markRegressed = statement(
  'passkey_mark_regressed',
  'UPDATE passkey SET regressed_at = coalesce(regressed_at, $2) WHERE credential_id = $1',
);
const rename = statement(
  'passkey_rename',
  'UPDATE passkey SET name = $3 WHERE credential_id = $1 AND account_id = $2 AND removed_at IS NULL',
);
/*
 * The rows of the account are locked before they are counted. Whoever removes another one at the same time waits
 * there, and afterwards no longer sees the one that is gone; nor is the last recovery code used meanwhile.
 */
const remove = statement(
  'passkey_remove',
  `WITH held AS MATERIALIZED (
    SELECT credential_id FROM passkey WHERE account_id = $2 AND removed_at IS NULL
    ORDER BY credential_id FOR UPDATE
  ), code AS MATERIALIZED (
    SELECT c.digest FROM recovery_code c JOIN account a ON a.id = c.account_id
    WHERE a.id = $2 AND a.email IS NOT NULL AND c.used_at IS NULL ORDER BY c.digest FOR SHARE OF c
  ), removed AS (
    UPDATE passkey SET removed_at = $3 WHERE credential_id = $1 AND account_id = $2 AND removed_at IS NULL
      AND ((SELECT count(*) FROM held) > 1 OR (SELECT count(*) FROM code) > 0)
    RETURNING credential_id
  )
  SELECT (SELECT count(*) FROM removed)::int AS removed,
    (SELECT count(*) FROM held WHERE credential_id = $1)::int AS known`,
);
// The account is the queue for whoever unlinks an identity, its passkeys for whoever removes one by confirmation.
const lockPasskeys = statement(
  'passkey_lock_all_of',
  'SELECT credential_id FROM passkey WHERE account_id = $1 AND removed_at IS NULL ORDER BY credential_id FOR UPDATE',
);
const removeHeld = statement(
  'passkey_remove_held',
  `UPDATE passkey p SET removed_at = $3 WHERE p.credential_id = $1 AND p.account_id = $2 AND p.removed_at IS NULL AND (
    EXISTS (SELECT 1 FROM passkey o WHERE o.account_id = $2 AND o.removed_at IS NULL AND o.credential_id <> $1)
    OR EXISTS (SELECT 1 FROM upstream_identity WHERE account_id = $2 AND issuer = ANY($4))
    OR EXISTS (SELECT 1 FROM recovery_code c JOIN account a ON a.id = c.account_id
      WHERE a.id = $2 AND a.email IS NOT NULL AND c.used_at IS NULL))`,
);
const removeAddedSince = statement(
  'passkey_remove_added_since',
  `UPDATE passkey SET removed_at = $3
  WHERE account_id = $1 AND created_at >= $2 AND ($4::timestamptz IS NULL OR created_at < $4)
    AND made_by <> 'sign_up' AND removed_at IS NULL RETURNING ${columns}`,
);

export class PasskeyRows implements PasskeyStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async insert(passkey: Passkey): Promise<'inserted' | 'duplicate'> {
    const { rowCount } = await this.#database.query(insert, [
      passkey.credentialId,
      passkey.accountId,
      passkey.publicKey,
      passkey.algorithm,
      passkey.signCount,
      passkey.backupEligible,
      passkey.backedUp,
      passkey.transports,
      passkey.aaguid,
      passkey.name,
      passkey.createdAt,
      passkey.lastUsedAt,
      passkey.madeBy,
      passkey.stepUpFrom,
      passkey.regressedAt,
      passkey.backupChangedAt,
      passkey.removedAt,
      passkey.attested,
    ]);
    return rowCount === 1 ? 'inserted' : 'duplicate';
  }

  async insertFirst(passkey: Passkey): Promise<'inserted' | 'duplicate' | 'not_first'> {
    await this.#database.query(lockOwner, [passkey.accountId]);
    const { rows } = await this.#database.query(anyOf, [passkey.accountId]);
    return rows.length > 0 ? 'not_first' : await this.insert(passkey);
  }

  async find(credentialId: Uint8Array): Promise<Passkey | undefined> {
    const row = await this.#database.entities((manager) =>
      manager.findOneBy(PasskeyEntity, { credential_id: Buffer.from(credentialId) }),
    );
    return row ? fromRow(row) : undefined;
  }

  async listOf(accountId: AccountId): Promise<Passkey[]> {
    const rows = await this.#database.entities((manager) =>
      manager.find(PasskeyEntity, {
        where: { account_id: accountId, removed_at: IsNull() },
        order: { created_at: 'ASC' },
      }),
    );
    return rows.map(fromRow);
  }

  async recordUse(credentialId: Uint8Array, use: PasskeyUse): Promise<'recorded' | 'regressed'> {
    const values = [credentialId, use.signCount, use.backedUp, use.at];
    const { rowCount } = await this.#database.query(recordUse, values);
    if (rowCount === 1) return 'recorded';
    await this.#database.query(markRegressed, [credentialId, use.at]);
    return 'regressed';
  }

  async rename(accountId: AccountId, credentialId: Uint8Array, name: string): Promise<boolean> {
    const { rowCount } = await this.#database.query(rename, [credentialId, accountId, name]);
    return rowCount === 1;
  }

  async remove(
    accountId: AccountId,
    credentialId: Uint8Array,
    at: Date,
  ): Promise<'removed' | 'last' | 'unknown'> {
    const { rows } = await this.#database.query<{ removed: number; known: number }>(remove, [
      credentialId,
      accountId,
      at,
    ]);
    if (rows[0]?.removed === 1) return 'removed';
    return rows[0]?.known === 1 ? 'last' : 'unknown';
  }

  async removeHeld(
    accountId: AccountId,
    credentialId: Uint8Array,
    { at, usable }: { readonly at: Date; readonly usable: readonly string[] },
  ): Promise<'removed' | 'last' | 'unknown'> {
    await this.#database.query(lockOwner, [accountId]);
    const { rows } = await this.#database.query<PasskeyRow>(lockPasskeys, [accountId]);
    if (!rows.some((row) => row.credential_id.equals(credentialId))) return 'unknown';
    const { rowCount } = await this.#database.query(removeHeld, [credentialId, accountId, at, usable]);
    return rowCount === 1 ? 'removed' : 'last';
  }

  async removeAddedSince(
    accountId: AccountId,
    { since, before }: { readonly since: Date; readonly before?: Date | undefined },
    at: Date,
  ): Promise<Passkey[]> {
    const { rows } = await this.#database.query<PasskeyRow>(removeAddedSince, [accountId, since, at, before]);
    return rows.map(fromRow);
  }
}

function fromRow(row: PasskeyRow): Passkey {
  return {
    credentialId: row.credential_id,
    accountId: row.account_id as AccountId,
    publicKey: row.public_key,
    algorithm: row.algorithm,
    signCount: Number(row.sign_count),
    backupEligible: row.backup_eligible,
    backedUp: row.backed_up,
    transports: row.transports,
    aaguid: row.aaguid,
    attested: row.attested,
    name: row.name,
    createdAt: row.created_at,
    lastUsedAt: orUndefined(row.last_used_at),
    madeBy: row.made_by as PasskeyOrigin,
    stepUpFrom: orUndefined(row.step_up_from),
    regressedAt: orUndefined(row.regressed_at),
    backupChangedAt: orUndefined(row.backup_changed_at),
    removedAt: orUndefined(row.removed_at),
  };
}
