import { In, Not } from 'typeorm';
import type { SigningKeyRecord, SigningKeyStore } from '../provider/signing-key-store.js';
import { statement } from './connection.js';
import type { Database } from './database.js';
import { SigningKeyEntity, type SigningKeyRow } from './entities/signing-key-entity.js';
import { orUndefined } from './values.js';

const lock = statement('signing_key_lock', 'SELECT pg_advisory_xact_lock(7182, 0)');

export class SigningKeyRows implements SigningKeyStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async list(): Promise<SigningKeyRecord[]> {
    const rows = await this.#database.entities((manager) =>
      manager.find(SigningKeyEntity, { order: { created_at: 'ASC', kid: 'ASC' } }),
    );
    return rows.map(fromRow);
  }

  rewrite(
    change: (keys: readonly SigningKeyRecord[]) => Promise<readonly SigningKeyRecord[]>,
  ): Promise<readonly SigningKeyRecord[]> {
    return this.#database.run(async () => {
      await this.#database.query(lock, []);
      const keys = await change(await this.list());
      await this.#database.entities(async (manager) => {
        await manager.delete(SigningKeyEntity, { kid: Not(In(keys.map((record) => record.kid))) });
        await manager.upsert(SigningKeyEntity, keys.map(toRow), ['kid']);
      });
      return keys;
    });
  }
}

function toRow(record: SigningKeyRecord): SigningKeyRow {
  return {
    kid: record.kid,
    algorithm: record.algorithm,
    state: record.state,
    public_jwk: record.publicJwk,
    sealed_private_jwk: record.sealedPrivateJwk ?? null,
    created_at: record.createdAt,
    current_since: record.currentSince ?? null,
    retired_at: record.retiredAt ?? null,
  };
}

function fromRow(row: SigningKeyRow): SigningKeyRecord {
  return {
    kid: row.kid,
    algorithm: row.algorithm as SigningKeyRecord['algorithm'],
    state: row.state as SigningKeyRecord['state'],
    publicJwk: row.public_jwk as SigningKeyRecord['publicJwk'],
    sealedPrivateJwk: orUndefined(row.sealed_private_jwk),
    createdAt: row.created_at,
    currentSince: orUndefined(row.current_since),
    retiredAt: orUndefined(row.retired_at),
  };
}
