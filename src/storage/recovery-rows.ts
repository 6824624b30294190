import type { AccountId } from '../accounts/account.js';
import type { Recovery, RecoveryStore } from '../accounts/recovery-store.js';
import { type Statement, statement } from './connection.js';
import type { Database } from './database.js';
import type { RecoveryRow } from './entities/recovery-entity.js';
import { orUndefined } from './values.js';

const insert = statement(
  'recovery_insert',
  'INSERT INTO recovery (id, account_id, undo_digest, at, undo_until) VALUES ($1, $2, $3, $4, $5)',
);
const columns = 'id, account_id, undo_digest, at, undo_until, undone_at';
const find = statement('recovery_find', `SELECT ${columns} FROM recovery WHERE id = $1`);
const lock = statement(
  'recovery_lock',
  `SELECT r.*, a.generation AS account_generation FROM recovery r JOIN account a ON a.id = r.account_id
  WHERE r.id = $1 FOR SHARE`,
);
const findByUndo = statement(
  'recovery_find_by_undo',
  `SELECT ${columns} FROM recovery WHERE undo_digest = $1`,
);
const listUndoable = statement(
  'recovery_list_undoable',
  `SELECT ${columns} FROM recovery WHERE account_id = $1 AND undone_at IS NULL AND undo_until > $2`,
);
// Law 2: of many updates one finds it not undone.
const undo = statement(
  'recovery_undo',
  'UPDATE recovery SET undone_at = $2 WHERE id = $1 AND undone_at IS NULL AND undo_until > $2',
);

export class RecoveryRows implements RecoveryStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async insert({ id, accountId, at, undoUntil }: Recovery, undoDigest: Uint8Array): Promise<void> {
    await this.#database.query(insert, [id, accountId, undoDigest, at, undoUntil]);
  }

  find(id: string): Promise<Recovery | undefined> {
    return this.#one(find, id);
  }

  async lock(id: string): Promise<(Recovery & { readonly accountGeneration: number }) | undefined> {
    const { rows } = await this.#database.query<RecoveryRow & { account_generation: number }>(lock, [id]);
    return rows[0] && { ...fromRow(rows[0]), accountGeneration: rows[0].account_generation };
  }

  findByUndo(undoDigest: Uint8Array): Promise<Recovery | undefined> {
    return this.#one(findByUndo, undoDigest);
  }

  async listUndoable(accountId: AccountId, now: Date): Promise<Recovery[]> {
    const { rows } = await this.#database.query<RecoveryRow>(listUndoable, [accountId, now]);
    return rows.map(fromRow);
  }

  async undo(id: string, now: Date): Promise<boolean> {
    const { rowCount } = await this.#database.query(undo, [id, now]);
    return rowCount === 1;
  }

  async #one(query: Statement, value: unknown): Promise<Recovery | undefined> {
    const { rows } = await this.#database.query<RecoveryRow>(query, [value]);
    return rows[0] && fromRow(rows[0]);
  }
}

function fromRow(row: RecoveryRow): Recovery {
  return {
    id: row.id,
    accountId: row.account_id as AccountId,
    at: row.at,
    undoUntil: row.undo_until,
    undoneAt: orUndefined(row.undone_at),
  };
}
