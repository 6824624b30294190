import type { StoredUpstreamLogin, UpstreamLoginStore } from '../accounts/upstream-login-store.js';
import { type Statement, statement } from './connection.js';
import type { Database } from './database.js';
import type { UpstreamLoginRow } from './entities/upstream-login-entity.js';
import { bucketAt, upstreamLoginTable } from './partitioned-tables.js';
import type { Partitions } from './partitions.js';
import { secondsOf } from './values.js';

const put = statement(
  'upstream_login_put',
  'INSERT INTO upstream_login (digest, bucket, sealed, expires_at) VALUES ($1, $2, $3, $4)',
);
const find = statement(
  'upstream_login_find',
  `SELECT digest, bucket, sealed, expires_at FROM upstream_login
  WHERE digest = $1 AND bucket >= $2 AND expires_at > $3`,
);
// RFC 9700 §4.7.1: a state is for one time. Deleting is the taking: of many deletes one meets the row.
const take = statement(
  'upstream_login_take',
  `DELETE FROM upstream_login WHERE digest = $1 AND bucket >= $2 AND expires_at > $3
  RETURNING digest, bucket, sealed, expires_at`,
);

export class UpstreamLoginRows implements UpstreamLoginStore {
  readonly #database: Database;
  readonly #partitions: Partitions;

  constructor(database: Database, partitions: Partitions) {
    this.#database = database;
    this.#partitions = partitions;
  }

  async put({ digest, sealed, expiresAt }: StoredUpstreamLogin): Promise<void> {
    const bucket = bucketAt(upstreamLoginTable, secondsOf(expiresAt));
    await this.#partitions.inserting(upstreamLoginTable, bucket, () =>
      this.#database.query(put, [digest, bucket, sealed, expiresAt]),
    );
  }

  find(digest: Uint8Array, now: Date): Promise<StoredUpstreamLogin | undefined> {
    return this.#one(find, digest, now);
  }

  take(digest: Uint8Array, now: Date): Promise<StoredUpstreamLogin | undefined> {
    return this.#one(take, digest, now);
  }

  async #one(how: Statement, digest: Uint8Array, now: Date): Promise<StoredUpstreamLogin | undefined> {
    const values = [digest, bucketAt(upstreamLoginTable, secondsOf(now)), now];
    const { rows } = await this.#database.query<UpstreamLoginRow>(how, values);
    const [row] = rows;
    return row && { digest: row.digest, sealed: row.sealed, expiresAt: row.expires_at };
  }
}
