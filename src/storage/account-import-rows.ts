import type { AccountImportStore } from '../accounts/account-import-store.js';
import type { ImportedPerson, KnownPeople } from '../accounts/account-import-policy.js';
import { foldMailAddress } from '../lib/mail-address.js';
import { statement } from './connection.js';
import type { Database } from './database.js';

const accountsOf = statement('import_accounts', 'SELECT id FROM account WHERE id = ANY($1::text[])');
const identitiesOf = statement(
  'import_identities',
  `SELECT i.issuer, i.subject, i.account_id FROM upstream_identity i
  JOIN unnest($1::text[], $2::text[]) AS asked(issuer, subject)
    ON asked.issuer = i.issuer AND asked.subject = i.subject`,
);
const addressesOf = statement(
  'import_addresses',
  'SELECT id, email_folded FROM account WHERE email_folded = ANY($1::text[])',
);

interface IdentityRow {
  readonly issuer: string;
  readonly subject: string;
  readonly account_id: string;
}

export class AccountImportRows implements AccountImportStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async look(people: readonly ImportedPerson[]): Promise<KnownPeople> {
    const emails = people.flatMap(({ person: { email } }) =>
      email === undefined ? [] : [foldMailAddress(email)],
    );
    const accounts = await this.#database.query<{ id: string }>(accountsOf, [people.map(({ sub }) => sub)]);
    const identities = await this.#database.query<IdentityRow>(identitiesOf, [
      people.map(({ person }) => person.issuer),
      people.map(({ person }) => person.subject),
    ]);
    const addresses = await this.#database.query<{ id: string; email_folded: string }>(addressesOf, [emails]);
    return {
      accounts: new Set(accounts.rows.map(({ id }) => id)),
      identities: new Map(
        // As accounts' `identityKey` writes it.
        identities.rows.map((row) => [JSON.stringify([row.issuer, row.subject]), row.account_id]),
      ),
      addresses: new Map(addresses.rows.map((row) => [row.email_folded, row.id])),
    };
  }
}
