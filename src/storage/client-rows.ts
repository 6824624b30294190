import type { ClientStore, StoredClient } from '../provider/client-store.js';
import { statement } from './connection.js';
import type { Database } from './database.js';
import { ClientEntity, type ClientRow } from './entities/client-entity.js';
import { isStorable, orUndefined } from './values.js';
import { IsNull } from 'typeorm';

/*
 * A removed client leaves its row behind, because the row holds the generation that keeps its old tokens dead; whoever
 * takes the id later begins from there.
 */
const declare = statement(
  'client_declare',
  `INSERT INTO client (client_id, source, created_at) SELECT id, 'config', $2 FROM unnest($1::text[]) AS id ORDER BY id
  ON CONFLICT (client_id) DO UPDATE SET source = 'config', metadata = NULL, removed_at = NULL
    WHERE client.removed_at IS NOT NULL`,
);
const clashes = statement(
  'client_clashes',
  "SELECT client_id FROM client WHERE client_id = ANY($1::text[]) AND source = 'database' ORDER BY client_id",
);
const insert = statement(
  'client_insert',
  `INSERT INTO client (client_id, source, metadata, created_at) VALUES ($1, $2, $3, $4)
  ON CONFLICT (client_id) DO UPDATE SET source = excluded.source, metadata = excluded.metadata,
    created_at = excluded.created_at, removed_at = NULL WHERE client.removed_at IS NOT NULL`,
);
/** The version is PostgreSQL's own number of the row's present form: no change, not even by hand, leaves it as it is. */
const version = statement(
  'client_version',
  `SELECT xmin::text AS version FROM client WHERE client_id = $1 AND source = 'database' AND removed_at IS NULL`,
);
const remove = statement(
  'client_remove',
  `UPDATE client SET removed_at = $2, generation = generation + 1
  WHERE client_id = $1 AND source = 'database' AND removed_at IS NULL`,
);
const revoke = statement(
  'client_revoke',
  'UPDATE client SET generation = generation + 1 WHERE client_id = $1 AND removed_at IS NULL',
);

export class ClientRows implements ClientStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async declareConfigured(clientIds: readonly string[], at: Date): Promise<string[]> {
    await this.#database.query(declare, [[...new Set(clientIds)], at]);
    const { rows } = await this.#database.query<{ client_id: string }>(clashes, [clientIds]);
    return rows.map((row) => row.client_id);
  }

  async insert(client: StoredClient): Promise<'inserted' | 'taken'> {
    const metadata = client.metadata === undefined ? undefined : JSON.stringify(client.metadata);
    const values = [client.clientId, client.source, metadata, client.createdAt];
    const { rowCount } = await this.#database.query(insert, values);
    return rowCount === 1 ? 'inserted' : 'taken';
  }

  async find(clientId: string): Promise<StoredClient | undefined> {
    if (!isStorable(clientId)) return undefined;
    const row = await this.#database.entities((manager) =>
      manager.findOneBy(ClientEntity, { client_id: clientId, removed_at: IsNull() }),
    );
    return row ? fromRow(row) : undefined;
  }

  async version(clientId: string): Promise<string | undefined> {
    if (!isStorable(clientId)) return undefined;
    const { rows } = await this.#database.query<{ version: string }>(version, [clientId]);
    return rows[0]?.version;
  }

  async list(): Promise<StoredClient[]> {
    const rows = await this.#database.entities((manager) =>
      manager.find(ClientEntity, { where: { removed_at: IsNull() }, order: { client_id: 'ASC' } }),
    );
    return rows.map(fromRow);
  }

  async remove(clientId: string, at: Date): Promise<boolean> {
    if (!isStorable(clientId)) return false;
    const { rowCount } = await this.#database.query(remove, [clientId, at]);
    return rowCount === 1;
  }

  async revoke(clientId: string): Promise<boolean> {
    if (!isStorable(clientId)) return false;
    const { rowCount } = await this.#database.query(revoke, [clientId]);
    return rowCount === 1;
  }
}

function fromRow(row: ClientRow): StoredClient {
  return {
    clientId: row.client_id,
    source: row.source as StoredClient['source'],
    metadata: orUndefined(row.metadata),
    createdAt: row.created_at,
  };
}
