import { epochSeconds, type Clock } from '../lib/clock.js';
import { statement } from './connection.js';
import type { Database } from './database.js';

/** Seconds after its expiry that a long-lived row is kept, for nodes whose clocks are behind. */
const grace = 86_400;
const batch = 5_000;
/** So that one turn ends, whatever has piled up; the next goes on. */
const mostBatches = 200;

function deleteExpired(table: string): string {
  return `DELETE FROM ${table} WHERE ctid IN (SELECT ctid FROM ${table} WHERE expires_at < $1 LIMIT ${batch})`;
}

const sweeps = [
  statement('refresh_token_sweep', deleteExpired('refresh_token')),
  statement('grant_sweep', deleteExpired('"grant"')),
  statement('session_sweep', deleteExpired('session')),
];

/** Deletes expired rows of the tables that have no partitions, in short statements: no writer waits long for one. */
export async function sweep(database: Database, clock: Clock): Promise<void> {
  for (const expired of sweeps) {
    for (let batches = 0; batches < mostBatches; batches += 1) {
      const { rowCount } = await database.query(expired, [epochSeconds(clock) - grace]);
      if ((rowCount ?? 0) < batch) break;
    }
  }
}
