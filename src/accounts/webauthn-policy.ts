import { z } from 'zod';
import { sameBytes } from '../lib/hashing.js';
import { parseJson } from '../lib/json.js';
import { accepted, refused, type Result } from '../lib/result.js';
import type { AccountId } from './account.js';
import { userHandleOf } from './account-id.js';
import type { AssertionResponse } from './passkey-response.js';
import type { Passkey } from './passkey.js';

/** COSE algorithms that we offer and accept: ES256, EdDSA, RS256. */
export const offeredAlgorithms: number[] = [-7, -8, -257];

/** WebAuthn L3 §7.1 step 25. */
export const longestCredentialId = 1023;

const clientDataSchema = z.looseObject({
  type: z.string(),
  challenge: z.string().regex(/^[A-Za-z0-9_-]{43}$/, 'is not 32 bytes in base64url'),
  origin: z.string(),
  crossOrigin: z.boolean().optional(),
  topOrigin: z.string().optional(),
});
export type ClientData = z.output<typeof clientDataSchema>;

/** Reads clientDataJSON (base64url), in which the browser says what it was asked and by whom. */
export function readClientData(encoded: string): Result<ClientData> {
  const json = parseJson(Buffer.from(encoded, 'base64url'));
  if (json === undefined) return refused('passkey_rejected', 'clientDataJSON is not JSON in UTF-8');
  const parsed = clientDataSchema.safeParse(json);
  if (parsed.success) return accepted(parsed.data);
  const [issue] = parsed.error.issues;
  return refused('passkey_rejected', `clientDataJSON: ${issue?.path.join('.')} ${issue?.message}`);
}

/**
 * WebAuthn L3 §7.1 steps 10-11, §7.2 steps 13-14: a ceremony inside a frame of another origin is refused, since we
 * never expect one. The library looks only where the browser also sends topOrigin.
 */
export function checkNotFramed(clientData: ClientData): Result<ClientData> {
  if (clientData.crossOrigin === true) return refused('passkey_rejected', 'crossOrigin is true');
  if (clientData.topOrigin !== undefined) return refused('passkey_rejected', 'topOrigin is present');
  return accepted(clientData);
}

/**
 * WebAuthn L3 §7.2 step 6: the user handle MUST identify the owner of the credential. For a discoverable credential it
 * MUST be present; where the account was known before the ceremony, an authenticator may leave it out.
 * @param known the account that was known before; unset: the passkey says who it is
 */
export function checkUserHandle(
  response: AssertionResponse,
  owner: AccountId,
  known?: AccountId,
): Result<AccountId> {
  if (known !== undefined && known !== owner) {
    return refused('passkey_rejected', 'the passkey is of another account');
  }
  const { userHandle } = response.response;
  if (!userHandle && known !== undefined) return accepted(owner);
  if (!userHandle) return refused('passkey_rejected', 'userHandle is missing');
  if (!sameBytes(Buffer.from(userHandle, 'base64url'), userHandleOf(owner))) {
    return refused('passkey_rejected', 'userHandle names another account');
  }
  return accepted(owner);
}

/** WebAuthn L3 §7.2 step 19: BE never changes; another value means another authenticator, or a forged one. */
export function checkBackupEligibility(passkey: Passkey, presented: boolean): Result<Passkey> {
  if (passkey.backupEligible === presented) return accepted(passkey);
  return refused('passkey_rejected', `BE is ${presented}, but was ${passkey.backupEligible} at registration`);
}

/** WebAuthn L3 §7.2 step 22: not greater than the stored count (unless both are zero) hints at a copied key. */
export function signCountRegressed(stored: number, presented: number): boolean {
  return (stored > 0 || presented > 0) && presented <= stored;
}
