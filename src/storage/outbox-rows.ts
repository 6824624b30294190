import type { Claim, ClaimedLetter, OutboxStore, SealedLetter } from '../mail/outbox-store.js';
import { statement } from './connection.js';
import type { Database } from './database.js';
import type { MailRow } from './entities/mail-entity.js';

type OutboxRow = Omit<MailRow, 'sealed_letter'> & { readonly sealed: string };

function statementsOf(table: string, sealed: string) {
  return {
    put: statement(
      `${table}_put`,
      `INSERT INTO ${table} (id, ${sealed}, created_at, next_attempt_at, give_up_at) VALUES ($1, $2, $3, $4, $5)`,
    ),
    // One statement is the taking: a row that another node has just locked is skipped, one that it has taken is not due.
    claim: statement(
      `${table}_claim`,
      `UPDATE ${table} SET attempts = attempts + 1, next_attempt_at = $3
      WHERE id IN (
        SELECT id FROM ${table} WHERE next_attempt_at <= $2 OR (id = ANY ($1) AND attempts = 0)
        ORDER BY next_attempt_at LIMIT $4 FOR UPDATE SKIP LOCKED)
      RETURNING id, ${sealed} AS sealed, attempts, created_at, give_up_at`,
    ),
    remove: statement(`${table}_remove`, `DELETE FROM ${table} WHERE id = $1`),
    postpone: statement(
      `${table}_postpone`,
      `UPDATE ${table} SET next_attempt_at = $3 WHERE id = $1 AND attempts = $2`,
    ),
  };
}

/** Mails to people; notices to clients and browsers. */
const tables = {
  mail: statementsOf('mail', 'sealed_letter'),
  notice: statementsOf('notice', 'sealed_notice'),
};

export class OutboxRows implements OutboxStore {
  readonly #database: Database;
  readonly #statements: ReturnType<typeof statementsOf>;

  constructor(database: Database, table: keyof typeof tables) {
    this.#database = database;
    this.#statements = tables[table];
  }

  async put(letter: SealedLetter, due: Date, committed: () => void): Promise<void> {
    const { id, sealed, createdAt, giveUpAt } = letter;
    await this.#database.query(this.#statements.put, [id, sealed, createdAt, due, giveUpAt]);
    this.#database.afterCommit(committed);
  }

  async claim({ own, now, until, limit }: Claim): Promise<ClaimedLetter[]> {
    const values = [own, now, until, limit];
    const { rows } = await this.#database.query<OutboxRow>(this.#statements.claim, values);
    return rows.map(fromRow);
  }

  async remove(id: string): Promise<void> {
    await this.#database.query(this.#statements.remove, [id]);
  }

  async postpone({ id, attempts }: Pick<ClaimedLetter, 'id' | 'attempts'>, due: Date): Promise<void> {
    await this.#database.query(this.#statements.postpone, [id, attempts, due]);
  }
}

function fromRow(row: OutboxRow): ClaimedLetter {
  return {
    id: row.id,
    sealed: row.sealed,
    attempts: row.attempts,
    createdAt: row.created_at,
    giveUpAt: row.give_up_at,
  };
}
