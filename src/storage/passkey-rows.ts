import type { AccountId } from '../accounts/account.js';
import type { Passkey } from '../accounts/passkey.js';
import type { PasskeyStore } from '../accounts/passkey-store.js';
import { statement } from './connection.js';
import type { Database } from './database.js';
import { PasskeyEntity, type PasskeyRow } from './entities/passkey-entity.js';
import { orUndefined } from './values.js';

const insert = statement(
  'passkey_insert',
  `INSERT INTO passkey (credential_id, account_id, public_key, algorithm, sign_count, backup_eligible, backed_up,
    transports, aaguid, name, created_at, last_used_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT (credential_id) DO NOTHING`,
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
    ]);
    return rowCount === 1 ? 'inserted' : 'duplicate';
  }

  async find(credentialId: Uint8Array): Promise<Passkey | undefined> {
    const row = await this.#database.entities((manager) =>
      manager.findOneBy(PasskeyEntity, { credential_id: Buffer.from(credentialId) }),
    );
    return row ? fromRow(row) : undefined;
  }

  async listOf(accountId: AccountId): Promise<Passkey[]> {
    const rows = await this.#database.entities((manager) =>
      manager.find(PasskeyEntity, { where: { account_id: accountId }, order: { created_at: 'ASC' } }),
    );
    return rows.map(fromRow);
  }

  async recordUse(
    credentialId: Uint8Array,
    use: { signCount: number; backedUp: boolean; at: Date },
  ): Promise<void> {
    await this.#database.entities((manager) =>
      manager.update(
        PasskeyEntity,
        { credential_id: Buffer.from(credentialId) },
        { sign_count: String(use.signCount), backed_up: use.backedUp, last_used_at: use.at },
      ),
    );
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
    name: row.name,
    createdAt: row.created_at,
    lastUsedAt: orUndefined(row.last_used_at),
  };
}
