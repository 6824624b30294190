import type { AccountId } from '../accounts/account.js';
import type { UpstreamIdentity, UpstreamSubject } from '../accounts/upstream-identity.js';
import type { UpstreamIdentityStore } from '../accounts/upstream-identity-store.js';
import { statement } from './connection.js';
import type { Database } from './database.js';
import { UpstreamIdentityEntity, type UpstreamIdentityRow } from './entities/upstream-identity-entity.js';
import { isStorable, orUndefined } from './values.js';

// The owner's row is held, so that none is left behind of an account that is removed at the same time.
const insert = statement(
  'upstream_identity_insert',
  `INSERT INTO upstream_identity
    (issuer, subject, id, account_id, provider_name, email, linked_at, last_used_at)
  SELECT $1, $2, $3, id, $5, $6, $7, $8 FROM account WHERE id = $4 FOR KEY SHARE
  ON CONFLICT (issuer, subject) DO NOTHING`,
);
const recordUse = statement(
  'upstream_identity_use',
  'UPDATE upstream_identity SET last_used_at = $3 WHERE issuer = $1 AND subject = $2',
);
// Whoever takes away a way in queues here; the statements after it see what those before them left.
const lockOwner = statement(
  'upstream_identity_lock_owner',
  'SELECT id FROM account WHERE id = $1 FOR NO KEY UPDATE',
);
const otherWayIn = statement(
  'upstream_identity_other_way_in',
  `SELECT EXISTS (SELECT 1 FROM passkey WHERE account_id = $1 AND removed_at IS NULL)
    OR EXISTS (SELECT 1 FROM upstream_identity WHERE account_id = $1 AND id <> $2 AND issuer = ANY($3))
    OR EXISTS (SELECT 1 FROM recovery_code c JOIN account a ON a.id = c.account_id
      WHERE a.id = $1 AND a.email IS NOT NULL AND c.used_at IS NULL) AS exists`,
);
const remove = statement(
  'upstream_identity_delete',
  'DELETE FROM upstream_identity WHERE account_id = $1 AND id = $2',
);

export class UpstreamIdentityRows implements UpstreamIdentityStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async find({ issuer, subject }: UpstreamSubject): Promise<UpstreamIdentity | undefined> {
    if (!isStorable(subject)) return undefined;
    const row = await this.#database.entities((manager) =>
      manager.findOneBy(UpstreamIdentityEntity, { issuer, subject }),
    );
    return row ? fromRow(row) : undefined;
  }

  async link(identity: UpstreamIdentity): Promise<boolean> {
    const { rowCount } = await this.#database.query(insert, [
      identity.issuer,
      identity.subject,
      identity.id,
      identity.accountId,
      identity.providerName,
      identity.email,
      identity.linkedAt,
      identity.lastUsedAt,
    ]);
    return rowCount === 1;
  }

  async recordUse({ issuer, subject }: UpstreamSubject, at: Date): Promise<void> {
    await this.#database.query(recordUse, [issuer, subject, at]);
  }

  async listOf(accountId: AccountId): Promise<UpstreamIdentity[]> {
    const rows = await this.#database.entities((manager) =>
      manager.find(UpstreamIdentityEntity, {
        where: { account_id: accountId },
        order: { linked_at: 'ASC', id: 'ASC' },
      }),
    );
    return rows.map(fromRow);
  }

  unlink(
    accountId: AccountId,
    id: string,
    usable: readonly string[],
  ): Promise<'unlinked' | 'unknown' | 'last_way_in'> {
    if (!isStorable(id)) return Promise.resolve('unknown');
    return this.#database.run(async () => {
      await this.#database.query(lockOwner, [accountId]);
      const { rows } = await this.#database.query<{ exists: boolean }>(otherWayIn, [accountId, id, usable]);
      if (rows[0]?.exists !== true) return 'last_way_in';
      const { rowCount } = await this.#database.query(remove, [accountId, id]);
      return rowCount === 1 ? 'unlinked' : 'unknown';
    });
  }
}

function fromRow(row: UpstreamIdentityRow): UpstreamIdentity {
  return {
    issuer: row.issuer,
    subject: row.subject,
    id: row.id,
    accountId: row.account_id as AccountId,
    providerName: row.provider_name,
    email: orUndefined(row.email),
    linkedAt: row.linked_at,
    lastUsedAt: row.last_used_at,
  };
}
