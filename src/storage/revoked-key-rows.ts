import type { RevokedKeyStore } from '../binding/revoked-key-store.js';
import { statement } from './connection.js';
import type { Database } from './database.js';
import { isStorable } from './values.js';

const revoke = statement(
  'bound_key_revoke',
  'INSERT INTO bound_key (thumbprint, generation, revoked_at) VALUES ($1, 1, $2) ON CONFLICT (thumbprint) DO NOTHING',
);
const has = statement(
  'bound_key_has',
  'SELECT 1 FROM bound_key WHERE thumbprint = $1 AND revoked_at IS NOT NULL',
);

export class RevokedKeyRows implements RevokedKeyStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async revoke(thumbprint: string, at: Date): Promise<boolean> {
    const { rowCount } = await this.#database.query(revoke, [thumbprint, at]);
    return rowCount === 1;
  }

  async has(thumbprint: string): Promise<boolean> {
    if (!isStorable(thumbprint)) return false;
    const { rowCount } = await this.#database.query(has, [thumbprint]);
    return rowCount === 1;
  }
}
