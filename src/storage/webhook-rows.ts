import type { WebhookState, WebhookStore, WebhookTurn } from '../resource/webhook-store.js';
import { statement } from './connection.js';
import type { Database } from './database.js';
import type { WebhookRow } from './entities/webhook-entity.js';

const begin = statement(
  'webhook_begin',
  `INSERT INTO webhook (id, sequence, due_at) SELECT $1, sequence, to_timestamp(0) FROM revocation_head
  ON CONFLICT DO NOTHING`,
);
/** One statement is the taking; a log that went back (a restored backup) is told, too. */
const claim = statement(
  'webhook_claim',
  `UPDATE webhook SET attempts = attempts + 1, due_at = $3
  WHERE id = $1 AND due_at <= $2 AND sequence <> (SELECT sequence FROM revocation_head)
  RETURNING *`,
);
const advance = statement(
  'webhook_advance',
  `UPDATE webhook SET sequence = $3, attempts = 1, due_at = $4, failing_since = NULL
  WHERE id = $1 AND due_at = $2 RETURNING *`,
);
const end = statement(
  'webhook_end',
  `UPDATE webhook SET due_at = $3, attempts = CASE WHEN $4::boolean THEN attempts ELSE 0 END,
    failing_since = CASE WHEN $4::boolean THEN coalesce(failing_since, $5) END
  WHERE id = $1 AND due_at = $2`,
);
const state = statement(
  'webhook_state',
  `SELECT w.id, h.sequence - w.sequence AS behind, w.failing_since FROM webhook w, revocation_head h`,
);

export class WebhookRows implements WebhookStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async begin(id: string): Promise<void> {
    await this.#database.query(begin, [id]);
  }

  async claim(id: string, now: Date, until: Date): Promise<WebhookTurn | undefined> {
    const { rows } = await this.#database.query<WebhookRow>(claim, [id, now, until]);
    return rows.map(fromRow)[0];
  }

  async advance(turn: WebhookTurn, sequence: number, until: Date): Promise<WebhookTurn | undefined> {
    const { rows } = await this.#database.query<WebhookRow>(advance, [turn.id, turn.until, sequence, until]);
    return rows.map(fromRow)[0];
  }

  async end(turn: WebhookTurn, due: Date, failed: boolean): Promise<void> {
    await this.#database.query(end, [turn.id, turn.until, due, failed, due]);
  }

  async state(): Promise<WebhookState[]> {
    type Row = Pick<WebhookRow, 'id' | 'failing_since'> & { readonly behind: string };
    const { rows } = await this.#database.query<Row>(state, []);
    return rows.map((row) => ({
      id: row.id,
      behind: Math.max(0, Number(row.behind)),
      failingSince: row.failing_since ?? undefined,
    }));
  }
}

function fromRow(row: WebhookRow): WebhookTurn {
  return { id: row.id, sequence: Number(row.sequence), attempts: row.attempts, until: row.due_at };
}
