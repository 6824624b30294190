import type { DraftStore, StoredDraft } from '../accounts/draft-store.js';
import { statement } from './connection.js';
import type { Database } from './database.js';
import type { DraftRow } from './entities/draft-entity.js';

const put = statement(
  'draft_put',
  `INSERT INTO draft (bound_to, holder, facts, expires_at) VALUES ($1, $2, $3, $4)
  ON CONFLICT (bound_to) DO UPDATE SET holder = excluded.holder, facts = excluded.facts, expires_at = excluded.expires_at`,
);
const find = statement(
  'draft_find',
  'SELECT bound_to, holder, facts, expires_at FROM draft WHERE bound_to = $1 AND expires_at > $2',
);
const advance = statement(
  'draft_advance',
  `UPDATE draft SET holder = $3, facts = $4, expires_at = $5
  WHERE bound_to = $1 AND holder = $2 AND expires_at > $6`,
);

export class DraftRows implements DraftStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async put({ boundTo, holder, facts, expiresAt }: StoredDraft): Promise<void> {
    await this.#database.query(put, [boundTo, holder, JSON.stringify(facts), expiresAt]);
  }

  async find(boundTo: Uint8Array, now: Date): Promise<StoredDraft | undefined> {
    const { rows } = await this.#database.query<DraftRow>(find, [boundTo, now]);
    return rows[0] && fromRow(rows[0]);
  }

  async advance(held: Uint8Array, draft: StoredDraft, now: Date): Promise<boolean> {
    const { boundTo, holder, facts, expiresAt } = draft;
    const values = [boundTo, held, holder, JSON.stringify(facts), expiresAt, now];
    const { rowCount } = await this.#database.query(advance, values);
    return rowCount === 1;
  }
}

function fromRow(row: DraftRow): StoredDraft {
  return { boundTo: row.bound_to, holder: row.holder, facts: row.facts, expiresAt: row.expires_at };
}
