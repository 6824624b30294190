import { epochSeconds, type Clock } from '../lib/clock.js';
import type {
  ArtifactModel,
  ArtifactRecord,
  ArtifactStore,
  FoundArtifact,
} from '../provider/artifact-store.js';
import { statement } from './connection.js';
import type { Database } from './database.js';
import type { ArtifactRow } from './entities/artifact-entity.js';
import { artifactTable, bucketAt } from './partitioned-tables.js';
import type { Partitions } from './partitions.js';
import { isStorable, orUndefined, secondsOf } from './values.js';

/*
 * A new expiry may lie in another partition than the old one. Whatever moves there takes `consumed_at` with it:
 * saving never makes a used artifact fresh.
 */
const save = statement(
  'artifact_save',
  `WITH moved AS (
    DELETE FROM artifact WHERE digest = $1 AND model = $2 AND bucket >= $4 AND bucket <> $3 RETURNING consumed_at
  )
  INSERT INTO artifact (digest, model, bucket, grant_id, user_code, uid, expires_at, payload, consumed_at)
  VALUES ($1, $2, $3, $5, $6, $7, $8, $9, (SELECT min(consumed_at) FROM moved))
  ON CONFLICT (digest, model, bucket) DO UPDATE SET grant_id = excluded.grant_id, user_code = excluded.user_code,
    uid = excluded.uid, expires_at = excluded.expires_at, payload = excluded.payload`,
);

const replace = statement(
  'artifact_replace',
  'UPDATE artifact SET payload = $4 WHERE digest = $1 AND model = $2 AND bucket >= $3',
);

const columns = 'digest, model, bucket, grant_id, user_code, uid, expires_at, payload, consumed_at';

const find = statement(
  'artifact_find',
  `SELECT ${columns} FROM artifact WHERE digest = $1 AND model = $2 AND bucket >= $3`,
);
const findByUid = statement(
  'artifact_find_by_uid',
  `SELECT ${columns} FROM artifact WHERE uid = $1 AND model = $2 AND bucket >= $3 ORDER BY expires_at DESC LIMIT 1`,
);
const findByUserCode = statement(
  'artifact_find_by_user_code',
  `SELECT ${columns} FROM artifact WHERE user_code = $1 AND model = $2 AND bucket >= $3
  ORDER BY expires_at DESC LIMIT 1`,
);
const consume = statement(
  'artifact_consume',
  `UPDATE artifact SET consumed_at = $4
  WHERE digest = $1 AND model = $2 AND bucket >= $3 AND expires_at > $5 AND consumed_at IS NULL`,
);
const remove = statement(
  'artifact_remove',
  'DELETE FROM artifact WHERE digest = $1 AND model = $2 AND bucket >= $3',
);
const removeByGrant = statement(
  'artifact_remove_by_grant',
  'DELETE FROM artifact WHERE grant_id = $1 AND model = $2 AND bucket >= $3',
);

export class ArtifactRows implements ArtifactStore {
  readonly #database: Database;
  readonly #partitions: Partitions;
  readonly #clock: Clock;

  constructor(database: Database, partitions: Partitions, clock: Clock) {
    this.#database = database;
    this.#partitions = partitions;
    this.#clock = clock;
  }

  async save(artifact: ArtifactRecord, now: number): Promise<void> {
    // One that has expired already has no partition any more; it lies in the oldest that is looked at.
    const bucket = Math.max(bucketAt(artifactTable, artifact.expiresAt), bucketAt(artifactTable, now));
    await this.#partitions.inserting(artifactTable, bucket, () =>
      this.#database.query(save, [
        artifact.digest,
        artifact.model,
        bucket,
        bucketAt(artifactTable, now),
        artifact.grantId,
        artifact.userCode,
        artifact.uid,
        artifact.expiresAt,
        JSON.stringify(artifact.payload),
      ]),
    );
  }

  async replace(artifact: ArtifactRecord, now: number): Promise<boolean> {
    const { digest, model, payload } = artifact;
    const values = [digest, model, bucketAt(artifactTable, now), JSON.stringify(payload)];
    const { rowCount } = await this.#database.query(replace, values);
    return rowCount === 1;
  }

  find(model: ArtifactModel, digest: Uint8Array, now: number): Promise<FoundArtifact | undefined> {
    return this.#one(find, [digest, model, bucketAt(artifactTable, now)]);
  }

  async findByUid(model: ArtifactModel, uid: string, now: number): Promise<FoundArtifact | undefined> {
    return isStorable(uid) ? this.#one(findByUid, [uid, model, bucketAt(artifactTable, now)]) : undefined;
  }

  async findByUserCode(
    model: ArtifactModel,
    userCode: string,
    now: number,
  ): Promise<FoundArtifact | undefined> {
    if (!isStorable(userCode)) return undefined;
    return this.#one(findByUserCode, [userCode, model, bucketAt(artifactTable, now)]);
  }

  async consume(model: ArtifactModel, digest: Uint8Array, at: Date): Promise<boolean> {
    const now = secondsOf(at);
    const values = [digest, model, bucketAt(artifactTable, now), at, now];
    const { rowCount } = await this.#database.query(consume, values);
    return rowCount === 1;
  }

  async remove(model: ArtifactModel, digest: Uint8Array, now: number): Promise<boolean> {
    const { rowCount } = await this.#database.query(remove, [digest, model, bucketAt(artifactTable, now)]);
    return rowCount === 1;
  }

  async removeByGrant(model: ArtifactModel, grantId: string): Promise<void> {
    const now = epochSeconds(this.#clock);
    await this.#database.query(removeByGrant, [grantId, model, bucketAt(artifactTable, now)]);
  }

  async #one(query: typeof find, values: unknown[]): Promise<FoundArtifact | undefined> {
    const { rows } = await this.#database.query<ArtifactRow>(query, values);
    return rows[0] && fromRow(rows[0]);
  }
}

function fromRow(row: ArtifactRow): FoundArtifact {
  return {
    model: row.model as ArtifactModel,
    digest: row.digest,
    grantId: orUndefined(row.grant_id),
    userCode: orUndefined(row.user_code),
    uid: orUndefined(row.uid),
    expiresAt: Number(row.expires_at),
    payload: row.payload,
    consumedAt: orUndefined(row.consumed_at),
  };
}
