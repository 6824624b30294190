import type { MailCodeStore, StoredMailCode } from '../accounts/mail-code-store.js';
import { statement } from './connection.js';
import type { Database } from './database.js';

const put = statement(
  'mail_code_put',
  `INSERT INTO mail_code AS m (bound_to, digest, made, tries, expires_at) VALUES ($1, $2, 1, 0, $3)
  ON CONFLICT (bound_to) DO UPDATE SET digest = excluded.digest, made = m.made + 1, tries = 0,
    expires_at = excluded.expires_at, taken_at = NULL
  WHERE m.made < $4`,
);

// Law 2: trying is counting and taking in one; of parallel tries each waits for the row and sees the count before it.
const take = statement(
  'mail_code_take',
  `UPDATE mail_code SET tries = tries + 1, taken_at = CASE WHEN digest = $2 THEN $3::timestamptz END
  WHERE bound_to = $1 AND taken_at IS NULL AND expires_at > $3::timestamptz AND tries < $4
  RETURNING taken_at IS NOT NULL AS taken`,
);

export class MailCodeRows implements MailCodeStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async put({ boundTo, digest, expiresAt }: StoredMailCode, most: number): Promise<boolean> {
    const { rowCount } = await this.#database.query(put, [boundTo, digest, expiresAt, most]);
    return rowCount === 1;
  }

  async take(
    { boundTo, digest }: { readonly boundTo: Uint8Array; readonly digest: Uint8Array },
    { now, mostTries }: { readonly now: Date; readonly mostTries: number },
  ): Promise<'taken' | 'wrong' | 'gone'> {
    const values = [boundTo, digest, now, mostTries];
    const { rows } = await this.#database.query<{ taken: boolean }>(take, values);
    if (!rows[0]) return 'gone';
    return rows[0].taken ? 'taken' : 'wrong';
  }
}
