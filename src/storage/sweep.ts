import { epochSeconds, type Clock } from '../lib/clock.js';
import { type Statement, statement } from './connection.js';
import type { Database } from './database.js';

/** Seconds after its expiry that a long-lived row is kept, for nodes whose clocks are behind. */
const grace = 86_400;
/** Seconds for which a person can read what happened to her account. */
const eventRetention = 400 * 86_400;
/** Seconds for which a reported call is known, so that a late repetition is one. */
const usageRetention = 90 * 86_400;
/**
 * Seconds for which a revocation can be caught up with: longer than any access token lives, and than the receiver of
 * webhooks is away. Who comes later has to forget everything.
 */
const revocationRetention = 30 * 86_400;
/** Seconds for which what would have been refused is counted and can be reported. */
const observationRetention = 90 * 86_400;
const batch = 5_000;
/** So that one turn ends, whatever has piled up; the next goes on. */
const mostBatches = 200;

function deletion(name: string, table: string, tooOld: string): Statement {
  return statement(
    `${name}_sweep`,
    `DELETE FROM ${table} WHERE ctid IN (SELECT ctid FROM ${table} WHERE ${tooOld} LIMIT ${batch})`,
  );
}

/** Days are texts that sort. */
const earlierDay = "day < to_char(to_timestamp($1::bigint) AT TIME ZONE 'UTC', 'YYYY-MM-DD')";

const sweeps = [
  { keptFor: grace, sweep: deletion('refresh_token', 'refresh_token', 'expires_at < $1') },
  { keptFor: grace, sweep: deletion('grant', '"grant"', 'expires_at < $1') },
  { keptFor: grace, sweep: deletion('session', 'session', 'expires_at < $1') },
  {
    keptFor: grace,
    sweep: deletion(
      'bound_session',
      'bound_session',
      'registered_at < to_timestamp($1::bigint) AND NOT EXISTS (SELECT FROM session WHERE uid = session_uid)',
    ),
  },
  { keptFor: grace, sweep: deletion('known_browser', 'known_browser', 'expires_at < $1') },
  { keptFor: grace, sweep: deletion('attempt', 'attempt', 'expires_at < $1') },
  // These count what a guesser may do, so they stay longer than any sign-in lasts.
  { keptFor: grace, sweep: deletion('mail_code', 'mail_code', 'expires_at < to_timestamp($1::bigint)') },
  {
    keptFor: grace,
    sweep: deletion('backchannel_request', 'backchannel_request', 'expires_at < to_timestamp($1::bigint)'),
  },
  {
    keptFor: grace,
    sweep: deletion('backchannel_gate', 'backchannel_gate', 'expires_at < to_timestamp($1::bigint)'),
  },
  {
    keptFor: grace,
    sweep: deletion('exchanged_token', 'exchanged_token', 'expires_at < to_timestamp($1::bigint)'),
  },
  {
    keptFor: grace,
    sweep: deletion('exchange_source', 'exchange_source', 'expires_at < to_timestamp($1::bigint)'),
  },
  {
    keptFor: grace,
    sweep: deletion('exchange_grant', 'exchange_grant', 'expires_at < to_timestamp($1::bigint)'),
  },
  {
    keptFor: 2 * grace,
    sweep: deletion('tier_device', 'tier_device', 'last_used_at < to_timestamp($1::bigint)'),
  },
  { keptFor: grace, sweep: deletion('draft', 'draft', 'expires_at < to_timestamp($1::bigint)') },
  {
    keptFor: eventRetention,
    sweep: deletion('recovery', 'recovery', 'undo_until < to_timestamp($1::bigint)'),
  },
  {
    keptFor: eventRetention,
    sweep: deletion('account_event', 'account_event', 'at < to_timestamp($1::bigint)'),
  },
  // Its tokens would end with it, so it stays for longer than any login lasts.
  {
    keptFor: eventRetention,
    sweep: deletion('device', 'device', 'last_seen_at < to_timestamp($1::bigint)'),
  },
  {
    keptFor: eventRetention,
    sweep: deletion('device_key', 'device_key', 'last_seen_at < to_timestamp($1::bigint)'),
  },
  {
    keptFor: revocationRetention,
    sweep: deletion('revocation', 'revocation', 'at < to_timestamp($1::bigint)'),
  },
  {
    keptFor: usageRetention,
    sweep: deletion('usage_report', 'usage_report', 'received_at < to_timestamp($1::bigint)'),
  },
  { keptFor: observationRetention, sweep: deletion('would_refuse', 'would_refuse', earlierDay) },
  { keptFor: observationRetention, sweep: deletion('legacy_spending', 'legacy_spending', earlierDay) },
  {
    keptFor: eventRetention,
    sweep: deletion(
      'legacy_credential',
      'legacy_credential',
      'LEAST(revoked_at, ends_at) < to_timestamp($1::bigint)',
    ),
  },
];

const approvals = deletion('approval', 'approval', 'created_at < to_timestamp($1::bigint)');

/** Deletes expired rows of the tables that have no partitions, in short statements: no writer waits long for one. */
export async function sweep(
  database: Database,
  clock: Clock,
  approvalRetention = eventRetention,
): Promise<void> {
  for (const { keptFor, sweep: expired } of [...sweeps, { keptFor: approvalRetention, sweep: approvals }]) {
    for (let batches = 0; batches < mostBatches; batches += 1) {
      const { rowCount } = await database.query(expired, [epochSeconds(clock) - keptFor]);
      if ((rowCount ?? 0) < batch) break;
    }
  }
}
