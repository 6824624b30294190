import type { AccountId } from '../accounts/account.js';
import type { RecoveryCodeStore } from '../accounts/recovery-code-store.js';
import { statement } from './connection.js';
import type { Database } from './database.js';

const forget = statement('recovery_code_forget', 'DELETE FROM recovery_code WHERE account_id = $1');
const insert = statement(
  'recovery_code_insert',
  'INSERT INTO recovery_code (digest, account_id, made_at) SELECT unnest($2::bytea[]), $1, $3',
);
// Law 2: of many updates one finds it unused.
const take = statement(
  'recovery_code_take',
  'UPDATE recovery_code SET used_at = $3 WHERE digest = $2 AND account_id = $1 AND used_at IS NULL',
);
const countLeft = statement(
  'recovery_code_count_left',
  'SELECT count(*)::int AS count FROM recovery_code WHERE account_id = $1 AND used_at IS NULL',
);
// Two replacements at once would leave two lists; the account's row is what they wait for.
const lockAccount = statement('recovery_code_lock', 'SELECT 1 FROM account WHERE id = $1 FOR NO KEY UPDATE');

export class RecoveryCodeRows implements RecoveryCodeStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async replace(accountId: AccountId, digests: readonly Buffer[], at: Date): Promise<void> {
    await this.#database.run(async () => {
      const { rows } = await this.#database.query(lockAccount, [accountId]);
      // Deleted meanwhile: nothing of it must come back.
      if (rows.length === 0) return;
      await this.#database.query(forget, [accountId]);
      await this.#database.query(insert, [accountId, digests, at]);
    });
  }

  async take(accountId: AccountId, digest: Uint8Array, at: Date): Promise<boolean> {
    const { rowCount } = await this.#database.query(take, [accountId, digest, at]);
    return rowCount === 1;
  }

  async countLeft(accountId: AccountId): Promise<number> {
    const { rows } = await this.#database.query<{ count: number }>(countLeft, [accountId]);
    return rows[0]?.count ?? 0;
  }
}
