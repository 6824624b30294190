import type { AccountId } from '../accounts/account.js';
import type { ChallengePurpose, ChallengeStore, StoredChallenge } from '../accounts/challenge-store.js';
import { statement } from './connection.js';
import type { Database } from './database.js';
import type { ChallengeRow } from './entities/challenge-entity.js';
import { bucketAt, challengeTable } from './partitioned-tables.js';
import type { Partitions } from './partitions.js';
import { secondsOf } from './values.js';

const put = statement(
  'challenge_put',
  `INSERT INTO webauthn_challenge (digest, bucket, purpose, bound_to, account_id, facts, expires_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7)`,
);

// WebAuthn L3 §13.4.3: a challenge is good once. Deleting is the taking: of many deletes one meets the row.
const take = statement(
  'challenge_take',
  `DELETE FROM webauthn_challenge WHERE digest = $1 AND bucket >= $2 AND expires_at > $3
  RETURNING digest, bucket, purpose, bound_to, account_id, facts, expires_at`,
);

export class ChallengeRows implements ChallengeStore {
  readonly #database: Database;
  readonly #partitions: Partitions;

  constructor(database: Database, partitions: Partitions) {
    this.#database = database;
    this.#partitions = partitions;
  }

  async put(challenge: StoredChallenge): Promise<void> {
    const bucket = bucketAt(challengeTable, secondsOf(challenge.expiresAt));
    await this.#partitions.inserting(challengeTable, bucket, () =>
      this.#database.query(put, [
        challenge.digest,
        bucket,
        challenge.purpose,
        challenge.boundTo,
        challenge.accountId,
        JSON.stringify(challenge.facts),
        challenge.expiresAt,
      ]),
    );
  }

  async take(digest: Uint8Array, now: Date): Promise<StoredChallenge | undefined> {
    const values = [digest, bucketAt(challengeTable, secondsOf(now)), now];
    const { rows } = await this.#database.query<ChallengeRow>(take, values);
    return rows[0] && fromRow(rows[0]);
  }
}

function fromRow(row: ChallengeRow): StoredChallenge {
  return {
    digest: row.digest,
    purpose: row.purpose as ChallengePurpose,
    boundTo: row.bound_to,
    accountId: row.account_id === null ? undefined : (row.account_id as AccountId),
    facts: row.facts,
    expiresAt: row.expires_at,
  };
}
