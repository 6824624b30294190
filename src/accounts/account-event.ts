import type { AccountId } from './account.js';
import type { Circumstances } from './circumstances.js';

/** What a person is told about her account, in words of the catalogue by these names. */
export const accountEventKinds = [
  'signed_up',
  'signed_in',
  /** A sign-in that was refused although it was with a passkey of the account: its counter went back. */
  'passkey_counter_regressed',
  'passkey_backup_changed',
  'passkey_added',
  'passkey_renamed',
  'passkey_removed',
  'recovery_codes_made',
  'recovered',
  'recovery_undone',
  'email_changed',
  'identity_linked',
  'identity_unlinked',
  'app_connected',
  'app_disconnected',
  /** "I didn't ask for this": a client asked in her name. */
  'app_disowned',
  'calls_approved',
  'approval_stopped',
  /** A bearer credential of before. */
  'old_key_stopped',
  'browser_signed_out',
  'device_cut_off',
  /** "This wasn't me". */
  'device_disowned',
  'everything_locked',
  'notifications_turned_on',
  'exported',
] as const;
export type AccountEventKind = (typeof accountEventKinds)[number];

/** Facts for the sentence: the name of a passkey, of an app. Never a secret (law 7). */
export type AccountEventDetail = Readonly<Record<string, string | number | boolean>>;

export interface AccountEvent extends Circumstances {
  readonly id: string;
  readonly accountId: AccountId;
  readonly kind: AccountEventKind;
  readonly at: Date;
  readonly detail: AccountEventDetail;
}
