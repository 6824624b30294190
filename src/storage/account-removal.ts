import type { AccountId } from '../accounts/account.js';
import { statement } from './connection.js';
import type { Database } from './database.js';

/*
 * What an account owns goes with it. Its tokens die with its row, for they are alive only beside it: no token needs to be
 * touched, and none that is issued at the same moment slips by. What stays of them until it expires names an account
 * that nobody can look up any more.
 */
const account = statement('account_remove', 'DELETE FROM account WHERE id = $1');
const belongings = [
  statement('account_remove_passkeys', 'DELETE FROM passkey WHERE account_id = $1'),
  statement('account_remove_recovery_codes', 'DELETE FROM recovery_code WHERE account_id = $1'),
  statement('account_remove_recoveries', 'DELETE FROM recovery WHERE account_id = $1'),
  statement('account_remove_identities', 'DELETE FROM upstream_identity WHERE account_id = $1'),
  statement('account_remove_known_browsers', 'DELETE FROM known_browser WHERE account_id = $1'),
  statement('account_remove_push_subscriptions', 'DELETE FROM push_subscription WHERE account_id = $1'),
  statement('account_remove_events', 'DELETE FROM account_event WHERE account_id = $1'),
  statement('account_remove_approvals', 'DELETE FROM approval WHERE account_id = $1'),
  statement('account_remove_backchannel_requests', 'DELETE FROM backchannel_request WHERE account_id = $1'),
  statement('account_remove_device_keys', 'DELETE FROM device_key WHERE account_id = $1'),
  statement('account_remove_tier_devices', 'DELETE FROM tier_device WHERE account_id = $1'),
  statement('account_remove_devices', 'DELETE FROM device WHERE account_id = $1'),
  statement(
    'account_remove_bound_sessions',
    'DELETE FROM bound_session WHERE session_uid IN (SELECT uid FROM session WHERE account_id = $1)',
  ),
  statement('account_remove_sessions', 'DELETE FROM session WHERE account_id = $1'),
  statement('account_remove_exchange_grants', 'DELETE FROM exchange_grant WHERE account_id = $1'),
  statement('account_remove_legacy_credentials', 'DELETE FROM legacy_credential WHERE account_id = $1'),
  statement('account_remove_observations', 'DELETE FROM would_refuse WHERE account_id = $1'),
  statement('account_remove_grants', 'DELETE FROM "grant" WHERE account_id = $1'),
];

/** All or nothing; false when there is no such account (any more). */
export function removeAccount(database: Database, id: AccountId): Promise<boolean> {
  return database.run(async () => {
    // First, so that of several at once one goes on, and whoever is about to add something waits and finds no account.
    const { rowCount } = await database.query(account, [id]);
    if (rowCount !== 1) return false;
    for (const belonging of belongings) await database.query(belonging, [id]);
    return true;
  });
}
