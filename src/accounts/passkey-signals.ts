import type { Account } from './account.js';
import { userHandleOf } from './account-id.js';
import type { Passkey } from './passkey.js';
import type { RelyingParty } from './relying-party.js';

/**
 * What a page tells the browser about the passkeys of the person who is signed in (WebAuthn L3 §5.1.10), so that a
 * password manager forgets removed ones and shows her present name.
 */
export interface PasskeySignals {
  readonly rpId: string;
  /** User handle, base64url. */
  readonly userId: string;
  readonly allAcceptedCredentialIds: readonly string[];
  readonly name: string;
  readonly displayName: string;
}

export function passkeySignals(
  { id: rpId }: Pick<RelyingParty, 'id'>,
  account: Account,
  passkeys: readonly Passkey[],
): PasskeySignals {
  return {
    rpId,
    userId: userHandleOf(account.id).toString('base64url'),
    allAcceptedCredentialIds: passkeys.map(({ credentialId }) => credentialId.toString('base64url')),
    name: passkeyUserName(account),
    displayName: account.displayName,
  };
}

/** What the passkey is filed under: what tells her accounts apart. */
export function passkeyUserName({ displayName, email, login }: Account): string {
  return email ?? login ?? displayName;
}
