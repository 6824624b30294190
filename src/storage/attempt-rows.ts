import type { AttemptKey, AttemptPace, AttemptStore } from '../accounts/attempt-store.js';
import { statement } from './connection.js';
import type { Database } from './database.js';

const take = statement('attempt_take', 'SELECT take_attempt($1, $2, $3, $4, $5, $6) AS wait');
const wipe = statement(
  'attempt_wipe',
  `UPDATE attempt SET tries = 0, free_at = '-infinity' WHERE digest = ANY ($1)`,
);
// The wait that the try itself set ends with it; one that others earned stays.
const lessen = statement(
  'attempt_lessen',
  `UPDATE attempt a SET
    tries = greatest(0, a.tries - 1),
    free_at = CASE WHEN a.tries - 1 < k.allowance THEN least(a.free_at, $3) ELSE a.free_at END
  FROM unnest($1::bytea[], $2::int[]) AS k (digest, allowance) WHERE a.digest = k.digest`,
);

export class AttemptRows implements AttemptStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async take(keys: readonly AttemptKey[], pace: AttemptPace, now: Date): Promise<number> {
    // Rolled back with whatever it stands in, a try would be free.
    if (this.#database.inTransaction) throw new Error('a try is counted outside of transactions');
    const { rows } = await this.#database.query<{ wait: number }>(take, [
      ...columnsOf(keys),
      now,
      pace.firstWait,
      pace.longestWait,
      pace.memory,
    ]);
    return rows[0]?.wait ?? 0;
  }

  async forgive(wiped: readonly AttemptKey[], lessened: readonly AttemptKey[], now: Date): Promise<void> {
    await this.#database.query(wipe, [columnsOf(wiped)[0]]);
    if (lessened.length > 0) await this.#database.query(lessen, [...columnsOf(lessened), now]);
  }
}

function columnsOf(keys: readonly AttemptKey[]): [Uint8Array[], number[]] {
  return [keys.map(({ digest }) => digest), keys.map(({ allowance }) => allowance)];
}
