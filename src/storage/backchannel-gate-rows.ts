import type { BackchannelGateStore, GateClosing } from '../stepup/backchannel-gate-store.js';
import { statement } from './connection.js';
import type { Database } from './database.js';

// Of parallel callers each waits for the row and sees what the one before it wrote. One statement, shut or not (law 6):
// who waited for another reads the time as it was before, so that it may be missing.
const pass = statement(
  'backchannel_gate_pass',
  `WITH passed AS (
    INSERT INTO backchannel_gate AS g (digest, busy_until, denials, free_at, expires_at)
    VALUES ($1, $2, 0, '-infinity', $2)
    ON CONFLICT (digest) DO UPDATE SET busy_until = excluded.busy_until,
      denials = CASE WHEN g.expires_at <= $3 THEN 0 ELSE g.denials END,
      expires_at = greatest(g.expires_at, excluded.expires_at)
    WHERE g.busy_until <= $3 AND g.free_at <= $3
    RETURNING 1)
  SELECT EXISTS (SELECT FROM passed) AS passed,
    (SELECT greatest(busy_until, free_at) FROM backchannel_gate WHERE digest = $1) AS until`,
);
const open = statement(
  'backchannel_gate_open',
  'UPDATE backchannel_gate SET busy_until = $2, denials = 0 WHERE digest = $1',
);
const deny = statement(
  'backchannel_gate_deny',
  `UPDATE backchannel_gate SET busy_until = $2, denials = denials + 1,
    free_at = greatest(free_at, $2::timestamptz
      + make_interval(secs => ($3::int[])[least(denials + 1, cardinality($3::int[]))])),
    expires_at = greatest(expires_at, $2::timestamptz + make_interval(secs => $4::int))
  WHERE digest = $1`,
);
const block = statement(
  'backchannel_gate_block',
  `INSERT INTO backchannel_gate AS g (digest, busy_until, denials, free_at, expires_at) VALUES ($1, $2, 1, $3, $3)
  ON CONFLICT (digest) DO UPDATE SET busy_until = excluded.busy_until, denials = g.denials + 1,
    free_at = greatest(g.free_at, excluded.free_at), expires_at = greatest(g.expires_at, excluded.expires_at)`,
);

export class BackchannelGateRows implements BackchannelGateStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async pass(digest: Uint8Array, until: Date, now: Date): Promise<Date | undefined> {
    const { rows } = await this.#database.query<{ passed: boolean; until: Date | null }>(pass, [
      digest,
      until,
      now,
    ]);
    return rows[0]?.passed === true ? undefined : (rows[0]?.until ?? now);
  }

  async close(digest: Uint8Array, how: GateClosing, now: Date): Promise<void> {
    switch (how.kind) {
      case 'open':
        await this.#database.query(open, [digest, now]);
        return;
      case 'denied':
        await this.#database.query(deny, [digest, now, how.waits, how.forgetAfter]);
        return;
      case 'blocked':
        await this.#database.query(block, [digest, now, how.until]);
    }
  }
}
