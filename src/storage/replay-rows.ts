import type { ProofUse, ReplayStore } from '../binding/replay-store.js';
import { epochSeconds, type Clock } from '../lib/clock.js';
import { sha256 } from '../lib/hashing.js';
import { statement } from './connection.js';
import type { Database } from './database.js';
import { bucketAt, replayTable } from './partitioned-tables.js';
import type { Partitions } from './partitions.js';
import { secondsOf } from './values.js';

const remember = statement('replay_remember', 'SELECT remember_replay($1, $2, $3, $4) AS first');

const rememberProof = statement(
  'replay_remember_proof',
  'INSERT INTO replay (digest, bucket) VALUES ($1, $2) ON CONFLICT DO NOTHING',
);

/**
 * The partition of a proof's use follows from the proof alone, so that one proof has one place. It is kept for an hour
 * after the hour of `iat`, which is longer than any proof is accepted (`dpop.window_past` is at most five minutes).
 */
export function bucketOfProof({ iat }: Pick<ProofUse, 'iat'>): number {
  return bucketAt(replayTable, iat);
}

/**
 * Replay memory: a logged table, so that it outlives a crash, and a function that queues callers with the same key,
 * so that the same key with another end (and thus another partition) is still the same key.
 * A key is remembered at least until its end, and until its hour is over.
 */
export class ReplayRows implements ReplayStore {
  readonly #database: Database;
  readonly #partitions: Partitions;
  readonly #clock: Clock;

  constructor(database: Database, partitions: Partitions, clock: Clock) {
    this.#database = database;
    this.#partitions = partitions;
    this.#clock = clock;
  }

  async remember(key: Uint8Array, until: Date): Promise<boolean> {
    const current = bucketAt(replayTable, epochSeconds(this.#clock));
    const bucket = Math.max(bucketAt(replayTable, secondsOf(until)), current);
    const lockKey = sha256(key).readBigInt64BE(0).toString();
    const { rows } = await this.#partitions.inserting(replayTable, bucket, () =>
      this.#database.query<{ first: boolean }>(remember, [key, lockKey, bucket, current - replayTable.kept]),
    );
    return rows[0]?.first === true;
  }

  async rememberProof(use: ProofUse): Promise<boolean> {
    const bucket = bucketOfProof(use);
    const { rowCount } = await this.#partitions.inserting(replayTable, bucket, () =>
      this.#database.query(rememberProof, [use.key, bucket]),
    );
    return rowCount === 1;
  }
}
