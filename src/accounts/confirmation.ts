import type { Brand } from '../lib/brand.js';
import type { AccountId } from './account.js';

/** Changes that matter: each needs a fresh assertion, made for it alone. */
export const confirmableActions = [
  'add_passkey',
  'remove_passkey',
  'replace_recovery_codes',
  'change_email',
  'export_data',
  'delete_account',
  'link_identity',
  'unlink_identity',
  'disown_device',
] as const;
export type ConfirmableAction = (typeof confirmableActions)[number];

/** What exactly is to be confirmed, by whom and where. */
export interface ConfirmationSubject {
  readonly accountId: AccountId;
  /** Of the session that asks. */
  readonly sessionUid: string;
  readonly action: ConfirmableAction;
  /** Which one: a credential id (base64url), the new address, an issuer. Empty where the action says it all. */
  readonly target: string;
}

/** That the person just confirmed this change with a passkey. Only ConfirmationService makes one. */
export type Confirmation = Brand<
  ConfirmationSubject & { readonly credentialId: Buffer; readonly at: Date },
  'Confirmation'
>;

export function isConfirmableAction(value: unknown): value is ConfirmableAction {
  return confirmableActions.some((action) => action === value);
}

/** Whether this is the confirmation of exactly that change. */
export function confirms(
  confirmation: Confirmation,
  { accountId, action, target }: Omit<ConfirmationSubject, 'sessionUid'>,
): boolean {
  return (
    confirmation.accountId === accountId && confirmation.action === action && confirmation.target === target
  );
}
