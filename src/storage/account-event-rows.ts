import type { AccountEvent, AccountEventKind } from '../accounts/account-event.js';
import type { AccountEventStore } from '../accounts/account-event-store.js';
import type { AccountId } from '../accounts/account.js';
import { statement } from './connection.js';
import type { Database } from './database.js';
import type { AccountEventRow } from './entities/account-event-entity.js';
import { orUndefined } from './values.js';

// What comes too late for an account that was deleted must not bring anything of it back.
const insert = statement(
  'account_event_insert',
  `INSERT INTO account_event (id, account_id, kind, at, place, browser, detail)
  SELECT $1::text, a.id, $3::text, $4::timestamptz, $5::text, $6::text, $7::json FROM account a WHERE a.id = $2 FOR KEY SHARE`,
);
const listOf = statement(
  'account_event_list_of',
  `SELECT id, account_id, kind, at, place, browser, detail FROM account_event
  WHERE account_id = $1 ORDER BY at DESC, id LIMIT $2`,
);

export class AccountEventRows implements AccountEventStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async insert(event: AccountEvent): Promise<void> {
    const { id, accountId, kind, at, place, browser, detail } = event;
    await this.#database.query(insert, [id, accountId, kind, at, place, browser, JSON.stringify(detail)]);
  }

  async listOf(accountId: AccountId, limit: number): Promise<AccountEvent[]> {
    const { rows } = await this.#database.query<AccountEventRow>(listOf, [accountId, limit]);
    return rows.map(fromRow);
  }
}

function fromRow(row: AccountEventRow): AccountEvent {
  return {
    id: row.id,
    accountId: row.account_id as AccountId,
    kind: row.kind as AccountEventKind,
    at: row.at,
    place: orUndefined(row.place),
    browser: orUndefined(row.browser),
    detail: row.detail,
  };
}
