import type { Ending, Epoch, EpochStore } from '../provider/epoch-store.js';
import { statement } from './connection.js';
import type { Database } from './database.js';
import { grantEpochStands, sessionEpochStands } from './generations.js';
import { secondsOf } from './values.js';

/** The year 10000: without a time, what an epoch ends depends on no clock. */
const always = 253_402_300_800;

/** Seconds by which a node's clock may be behind. */
const grace = 300;

const present = statement('epoch_present', 'SELECT number, feed FROM epoch ORDER BY number DESC LIMIT 1');
/** Readers go on; of two who begin an epoch at once one waits for the other. */
const queue = statement('epoch_queue', 'LOCK TABLE epoch IN EXCLUSIVE MODE');
const begin = statement(
  'epoch_begin',
  `INSERT INTO epoch (number, issued_before, feed, created_at)
  SELECT max(number) + 1, $1, replace(gen_random_uuid()::text, '-', ''), $2 FROM epoch RETURNING number, feed`,
);

/*
 * What has no epoch of its own: it is gone, whenever it was made. A restored backup brings back
 * what was used up since, too: a code, a challenge, an approval's spending.
 */
const underWay = [
  statement('epoch_end_artifacts', 'DELETE FROM artifact'),
  statement('epoch_end_challenges', 'DELETE FROM webauthn_challenge'),
  statement('epoch_end_upstream_logins', 'DELETE FROM upstream_login'),
  statement('epoch_end_drafts', 'DELETE FROM draft'),
  // As when an account is revoked: what a browser was given for having been signed in.
  statement('epoch_end_known_browsers', 'DELETE FROM known_browser'),
  statement('epoch_end_push_subscriptions', 'DELETE FROM push_subscription'),
];
const endApprovals = statement(
  'epoch_end_approvals',
  'UPDATE approval SET revoked_at = $1 WHERE revoked_at IS NULL AND expires_at > $2',
);
/** For the client it is over by time, so it asks again. */
const endRequests = statement(
  'epoch_end_requests',
  `UPDATE backchannel_request SET expires_at = created_at
  WHERE state IN ('pending', 'approved') AND redeemed_at IS NULL AND expires_at > created_at`,
);

const ending = statement(
  'epoch_ending',
  `SELECT
    (SELECT count(*) FROM session s WHERE ${sessionEpochStands} AND account_id IS NOT NULL AND ended_at IS NULL AND expires_at > $2
      AND coalesce(extract(epoch FROM signed_in_at), 0) < $1)::int AS sessions,
    (SELECT count(*) FROM "grant" g WHERE ${grantEpochStands} AND revoked_at IS NULL AND expires_at > $2 AND issued_at < $1)::int AS grants,
    (SELECT count(*) FROM approval WHERE revoked_at IS NULL AND expires_at > $2)::int AS approvals,
    (SELECT count(*) FROM backchannel_request WHERE state = 'pending' AND expires_at > to_timestamp($2))::int AS requests`,
);

export class EpochRows implements EpochStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async present(): Promise<Epoch> {
    return this.#epoch(present, []);
  }

  async begin(issuedBefore: Date | undefined, at: Date): Promise<Epoch> {
    // Committed first and alone: what follows waits for many rows, and must neither hold it up nor undo it.
    const epoch = await this.#database.run(async () => {
      await this.#database.query(queue, []);
      return this.#epoch(begin, [limitOf(issuedBefore), at]);
    });
    for (const each of underWay) await this.#database.query(each, []);
    await this.#database.query(endApprovals, [at, secondsOf(at) - grace]);
    await this.#database.query(endRequests, []);
    return epoch;
  }

  async ending(issuedBefore: Date | undefined, at: Date): Promise<Ending> {
    const { rows } = await this.#database.query<Ending>(ending, [limitOf(issuedBefore), secondsOf(at)]);
    const [counted] = rows;
    if (!counted) throw new Error('a count without a row');
    return counted;
  }

  async #epoch(query: typeof begin, values: unknown[]): Promise<Epoch> {
    const { rows } = await this.#database.query<Epoch>(query, values);
    const [epoch] = rows;
    if (!epoch) throw new Error('there is no epoch');
    return epoch;
  }
}

/** What was issued within the second of the time given was issued before it: rather too much dies than too little. */
function limitOf(issuedBefore: Date | undefined): number {
  return issuedBefore === undefined ? always : Math.ceil(issuedBefore.getTime() / 1000);
}
