import type { SettingStore } from '../lib/setting-store.js';
import { statement } from './connection.js';
import type { Database } from './database.js';
import { SettingEntity } from './entities/setting-entity.js';

/** The update that changes nothing makes RETURNING give the row that was there first. */
const pin = statement(
  'setting_pin',
  `INSERT INTO setting AS s (name, value) VALUES ($1, $2)
  ON CONFLICT (name) DO UPDATE SET value = s.value RETURNING s.value`,
);

export class SettingRows implements SettingStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async pin(name: string, value: string): Promise<string> {
    const { rows } = await this.#database.query<{ value: string }>(pin, [name, value]);
    const stored = rows[0];
    if (!stored) throw new Error(`the setting ${name} was not stored`);
    return stored.value;
  }

  async read(name: string): Promise<string | undefined> {
    const row = await this.#database.entities((manager) => manager.findOneBy(SettingEntity, { name }));
    return row?.value;
  }
}
