import type { Account, AccountId } from '../accounts/account.js';
import type { AccountStore } from '../accounts/account-store.js';
import { statement } from './connection.js';
import type { Database } from './database.js';
import { AccountEntity, type AccountRow } from './entities/account-entity.js';
import { isStorable, orUndefined } from './values.js';

const insert = statement(
  'account_insert',
  `INSERT INTO account (id, display_name, login, login_folded, created_at, disabled_at)
  VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (login_folded) DO NOTHING`,
);
const disable = statement(
  'account_disable',
  'UPDATE account SET disabled_at = coalesce(disabled_at, $2), generation = generation + 1 WHERE id = $1',
);
const enable = statement('account_enable', 'UPDATE account SET disabled_at = NULL WHERE id = $1');
const revoke = statement('account_revoke', 'UPDATE account SET generation = generation + 1 WHERE id = $1');

export class AccountRows implements AccountStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async insert(account: Account): Promise<'inserted' | 'login_taken'> {
    const { rowCount } = await this.#database.query(insert, [
      account.id,
      account.displayName,
      account.login,
      account.login === undefined ? undefined : fold(account.login),
      account.createdAt,
      account.disabledAt,
    ]);
    return rowCount === 1 ? 'inserted' : 'login_taken';
  }

  async find(id: AccountId): Promise<Account | undefined> {
    if (!isStorable(id)) return undefined;
    return this.#database.entities(async (manager) =>
      fromRow(await manager.findOneBy(AccountEntity, { id })),
    );
  }

  async findByLogin(login: string): Promise<Account | undefined> {
    if (!isStorable(login)) return undefined;
    return this.#database.entities(async (manager) =>
      fromRow(await manager.findOneBy(AccountEntity, { login_folded: fold(login) })),
    );
  }

  async list(page: { limit: number; after?: AccountId }): Promise<Account[]> {
    const rows = await this.#database.entities((manager) => {
      const query = manager.createQueryBuilder(AccountEntity, 'a');
      if (page.after !== undefined) {
        query.where('(a.created_at, a.id) > (SELECT b.created_at, b.id FROM account b WHERE b.id = :after)', {
          after: page.after,
        });
      }
      return query.orderBy('a.created_at').addOrderBy('a.id').take(page.limit).getMany();
    });
    return rows.map(accountOf);
  }

  disable(id: AccountId, at: Date): Promise<boolean> {
    return this.#change(disable, [id, at]);
  }

  enable(id: AccountId): Promise<boolean> {
    return this.#change(enable, [id]);
  }

  revoke(id: AccountId): Promise<boolean> {
    return this.#change(revoke, [id]);
  }

  async #change(change: typeof disable, values: unknown[]): Promise<boolean> {
    const { rowCount } = await this.#database.query(change, values);
    return rowCount === 1;
  }
}

/** Logins are compared in lower case and in one Unicode form. */
function fold(login: string): string {
  return login.normalize('NFC').toLowerCase();
}

function fromRow(row: AccountRow | null): Account | undefined {
  return row ? accountOf(row) : undefined;
}

function accountOf(row: AccountRow): Account {
  return {
    id: row.id as AccountId,
    displayName: row.display_name,
    login: orUndefined(row.login),
    createdAt: row.created_at,
    disabledAt: orUndefined(row.disabled_at),
  };
}
