import { epochSeconds, type Clock } from '../lib/clock.js';
import { statement } from './connection.js';
import type { Database } from './database.js';

/** Seconds after its expiry that a long-lived row is kept, for nodes whose clocks are behind. */
const grace = 86_400;
const batch = 5_000;

function deleteExpired(table: string): string {
  return `DELETE FROM ${table} WHERE ctid IN (SELECT ctid FROM ${table} WHERE expires_at < $1 LIMIT ${batch})`;
}

const sweeps = [
  statement('refresh_token_sweep', deleteExpired('refresh_token')),
  statement('grant_sweep', deleteExpired('"grant"')),
  statement('session_sweep', deleteExpired('session')),
];

/** Deletes expired rows of the tables that have no partitions, a bounded number each time. */
export async function sweep(database: Database, clock: Clock): Promise<void> {
  for (const expired of sweeps) await database.query(expired, [epochSeconds(clock) - grace]);
}
