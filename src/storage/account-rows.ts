import type { Account, AccountId } from '../accounts/account.js';
import type { AccountStore } from '../accounts/account-store.js';
import { codeOf } from '../lib/error-code.js';
import { signalsOfMailAddress } from '../lib/mail-address-signals.js';
import { foldMailAddress } from '../lib/mail-address.js';
import { removeAccount } from './account-removal.js';
import { statement } from './connection.js';
import type { Database } from './database.js';
import { AccountEntity, type AccountRow } from './entities/account-entity.js';
import { driverError } from './failure.js';
import { isStorable, orUndefined } from './values.js';

const insert = statement(
  'account_insert',
  `INSERT INTO account (id, display_name, login, login_folded, email, email_folded, locale, created_at, disabled_at,
    paid_tiers_held_until, email_mailbox, email_disposable)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT DO NOTHING`,
);
// Asked after an insert met a conflict, to say which.
const emailTaken = statement('account_email_taken', 'SELECT 1 FROM account WHERE email_folded = $1');
const setEmail = statement(
  'account_set_email',
  `UPDATE account SET email = $2, email_folded = $3, email_mailbox = $4, email_disposable = $5
    WHERE id = $1
    AND NOT EXISTS (SELECT 1 FROM account other WHERE other.email_folded = $3 AND other.id <> $1)`,
);
const setLocale = statement('account_set_locale', 'UPDATE account SET locale = $2 WHERE id = $1');
const holdPaidTiers = statement(
  'account_hold_paid_tiers',
  'UPDATE account SET paid_tiers_held_until = greatest(paid_tiers_held_until, $2) WHERE id = $1',
);
const disable = statement(
  'account_disable',
  'UPDATE account SET disabled_at = coalesce(disabled_at, $2), generation = generation + 1 WHERE id = $1',
);
const enable = statement('account_enable', 'UPDATE account SET disabled_at = NULL WHERE id = $1');
const revoke = statement('account_revoke', 'UPDATE account SET generation = generation + 1 WHERE id = $1');

/** SQLSTATE unique_violation. */
const uniqueViolation = '23505';

export class AccountRows implements AccountStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async insert(account: Account): Promise<'inserted' | 'login_taken' | 'email_taken'> {
    const email = account.email === undefined ? undefined : foldMailAddress(account.email);
    const signals = email === undefined ? undefined : await signalsOfMailAddress(email);
    const { rowCount } = await this.#database.query(insert, [
      account.id,
      account.displayName,
      account.login,
      folded(account.login),
      account.email,
      email,
      account.locale,
      account.createdAt,
      account.disabledAt,
      account.paidTiersHeldUntil,
      signals?.mailbox,
      signals?.disposable,
    ]);
    if (rowCount === 1) return 'inserted';
    if (email !== undefined && (await this.#change(emailTaken, [email]))) return 'email_taken';
    if (account.login === undefined) throw new Error(`there is an account ${account.id} already`);
    return 'login_taken';
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

  async findByEmail(email: string): Promise<Account | undefined> {
    if (!isStorable(email)) return undefined;
    return this.#database.entities(async (manager) =>
      fromRow(await manager.findOneBy(AccountEntity, { email_folded: foldMailAddress(email) })),
    );
  }

  /** Two accounts that take one address at the same time meet at the unique index. */
  async setEmail(id: AccountId, email: string): Promise<'changed' | 'email_taken' | 'unknown'> {
    try {
      const { mailbox, disposable } = await signalsOfMailAddress(email);
      const values = [id, email, foldMailAddress(email), mailbox, disposable];
      if (await this.#change(setEmail, values)) return 'changed';
    } catch (error) {
      if (codeOf(driverError(error)) === uniqueViolation) return 'email_taken';
      throw error;
    }
    return (await this.find(id)) ? 'email_taken' : 'unknown';
  }

  async setLocale(id: AccountId, locale: string): Promise<void> {
    await this.#change(setLocale, [id, locale]);
  }

  async holdPaidTiers(id: AccountId, until: Date): Promise<void> {
    await this.#change(holdPaidTiers, [id, until]);
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

  remove(id: AccountId): Promise<boolean> {
    return removeAccount(this.#database, id);
  }

  async #change(change: typeof disable, values: unknown[]): Promise<boolean> {
    const { rowCount } = await this.#database.query(change, values);
    return rowCount === 1;
  }
}

function folded(name: string | undefined): string | undefined {
  return name === undefined ? undefined : fold(name);
}

/** Logins and addresses are compared in lower case and in one Unicode form. */
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
    email: orUndefined(row.email),
    locale: orUndefined(row.locale),
    createdAt: row.created_at,
    disabledAt: orUndefined(row.disabled_at),
    paidTiersHeldUntil: orUndefined(row.paid_tiers_held_until),
    generation: row.generation,
  };
}
