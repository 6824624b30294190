import type { Claim, ClaimedLetter, OutboxStore, SealedLetter } from '../mail/outbox-store.js';
import { statement } from './connection.js';
import type { Database } from './database.js';
import type { MailRow } from './entities/mail-entity.js';

const put = statement(
  'mail_put',
  `INSERT INTO mail (id, sealed_letter, created_at, next_attempt_at, give_up_at) VALUES ($1, $2, $3, $4, $5)`,
);

// One statement is the taking: a row that another node has just locked is skipped, one that it has taken is not due.
const claim = statement(
  'mail_claim',
  `UPDATE mail SET attempts = attempts + 1, next_attempt_at = $3
  WHERE id IN (
    SELECT id FROM mail WHERE next_attempt_at <= $2 OR (id = ANY ($1) AND attempts = 0)
    ORDER BY next_attempt_at LIMIT $4 FOR UPDATE SKIP LOCKED)
  RETURNING id, sealed_letter, attempts, created_at, give_up_at`,
);
const remove = statement('mail_remove', 'DELETE FROM mail WHERE id = $1');
const postpone = statement(
  'mail_postpone',
  'UPDATE mail SET next_attempt_at = $3 WHERE id = $1 AND attempts = $2',
);

export class MailRows implements OutboxStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async put(letter: SealedLetter, due: Date, committed: () => void): Promise<void> {
    const { id, sealed, createdAt, giveUpAt } = letter;
    await this.#database.query(put, [id, sealed, createdAt, due, giveUpAt]);
    this.#database.afterCommit(committed);
  }

  async claim({ own, now, until, limit }: Claim): Promise<ClaimedLetter[]> {
    const { rows } = await this.#database.query<MailRow>(claim, [own, now, until, limit]);
    return rows.map(fromRow);
  }

  async remove(id: string): Promise<void> {
    await this.#database.query(remove, [id]);
  }

  async postpone({ id, attempts }: Pick<ClaimedLetter, 'id' | 'attempts'>, due: Date): Promise<void> {
    await this.#database.query(postpone, [id, attempts, due]);
  }
}

function fromRow(row: MailRow): ClaimedLetter {
  return {
    id: row.id,
    sealed: row.sealed_letter,
    attempts: row.attempts,
    createdAt: row.created_at,
    giveUpAt: row.give_up_at,
  };
}
