import type { Account as ProviderAccount, KoaContextWithOIDC } from 'oidc-provider';
import type { Account, AccountId } from '../accounts/account.js';
import type { AccountStore } from '../accounts/account-store.js';
import type { DeviceClaims } from './device-claims.js';
import { throughStore } from './provider-error.js';

export const claimsByScope = {
  // RFC 9470 and Core §2: what the login was is told in every ID token, asked for or not.
  // docs/DBSC.md: told to clients alone whose sessions share the device's key.
  openid: ['sub', 'acr', 'amr', 'auth_time', 'device_bound_session'],
  profile: ['name'],
  email: ['email', 'email_verified'],
  iss: null,
  sid: null,
} as const;

/** The account behind a `sub`; undefined for the unknown and the disabled alike. */
export function accountFinder(accounts: AccountStore, deviceClaims: DeviceClaims) {
  return async (ctx: KoaContextWithOIDC, sub: string): Promise<ProviderAccount | undefined> => {
    const account = await throughStore(() => accounts.find(sub as AccountId));
    if (!account || account.disabledAt) return undefined;
    const claims: ProviderAccount['claims'] = async (use) => {
      const ofDevice = use === 'id_token' ? await deviceClaims(ctx) : {};
      return { ...accountClaims(account), ...ofDevice };
    };
    return { accountId: account.id, claims };
  };
}

/** What may be told of a person; which of it is told is the scopes' business. */
export function accountClaims(account: Person): Record<string, unknown> & { readonly sub: string } {
  return { sub: account.id, name: account.displayName, ...emailClaims(account) };
}

type Person = Pick<Account, 'id' | 'displayName' | 'email' | 'login'>;

/** Core §5.1: `email_verified` is true only for an address that we know to be hers. */
function emailClaims({ email, login }: Person): Record<string, unknown> {
  if (email !== undefined) return { email, email_verified: true };
  return login === undefined ? {} : { email: login, email_verified: false };
}

/**
 * acr, amr and auth_time of an access token, frozen at what happened (law 5): they come from the code or refresh token
 * that the session's own login filled, so refreshing carries them on and never renews them (RFC 9470 §6).
 */
export function authenticationClaims(ctx: KoaContextWithOIDC): Record<string, unknown> | undefined {
  const { AuthorizationCode, BackchannelAuthenticationRequest, RefreshToken } = ctx.oidc.entities;
  // First what is redeemed: a new refresh token says the same, but is none of its sources.
  const source = AuthorizationCode ?? BackchannelAuthenticationRequest ?? RefreshToken;
  if (!source) return undefined;
  return authenticationOf(source);
}

/** The same of one source: a code, a request of CIBA or a refresh token. */
export function authenticationOf({ acr, amr, authTime }: Authenticated): Record<string, unknown> {
  return {
    ...(acr === undefined ? {} : { acr }),
    ...(amr === undefined ? {} : { amr }),
    ...(authTime === undefined ? {} : { auth_time: authTime }),
  };
}

interface Authenticated {
  readonly acr?: string | undefined;
  readonly amr?: readonly string[] | undefined;
  readonly authTime?: number | undefined;
}
