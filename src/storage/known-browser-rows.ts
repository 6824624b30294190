import type { AccountId } from '../accounts/account.js';
import type { KnownBrowserStore } from '../accounts/known-browser-store.js';
import { statement } from './connection.js';
import type { Database } from './database.js';
import { secondsOf } from './values.js';

// Its row is held, so that an account that is deleted meanwhile leaves none behind.
const remember = statement(
  'known_browser_remember',
  `INSERT INTO known_browser (digest, account_id, account_generation, expires_at)
  SELECT d, a.id, a.generation, $3 FROM unnest($1::bytea[]) d, account a WHERE a.id = $2 ORDER BY d FOR KEY SHARE OF a
  ON CONFLICT (digest) DO UPDATE SET
    account_id = excluded.account_id, account_generation = excluded.account_generation,
    expires_at = excluded.expires_at`,
);
const knows = statement(
  'known_browser_knows',
  `SELECT 1 FROM known_browser k
  JOIN account a ON a.id = k.account_id AND a.generation = k.account_generation
  WHERE k.digest = $1 AND k.expires_at > $2`,
);

export class KnownBrowserRows implements KnownBrowserStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async remember(digests: readonly Uint8Array[], accountId: AccountId, expiresAt: Date): Promise<void> {
    await this.#database.query(remember, [digests, accountId, secondsOf(expiresAt)]);
  }

  async knows(digest: Uint8Array, now: Date): Promise<boolean> {
    const { rows } = await this.#database.query(knows, [digest, secondsOf(now)]);
    return rows.length > 0;
  }
}
