import type { Client, Grant, Provider } from 'oidc-provider';
import { accountClaims, authenticationOf } from './claims.js';
import type { AccountId } from '../accounts/account.js';
import type { Refreshable } from './token-lane-store.js';

/** oidc-provider's own, which needs no request: so what an ID token says is decided in one place. */
interface IdToken {
  scope: string;
  mask: object;
  rejected: readonly string[];
  set(claim: string, value: unknown): void;
  issue(use: { readonly use: 'idtoken' }): Promise<string>;
}

interface Told {
  readonly provider: Provider;
  readonly client: Client;
  readonly found: Refreshable;
  readonly grant: Grant;
  readonly scopes: ReadonlySet<string>;
  /** Whether the access token is for a resource server, so that claims can't be had from userinfo. */
  readonly forResource: boolean;
}

/** The ID token of a refresh, as grant_common.js has it made; undefined without the scope `openid`. */
export async function refreshedIdToken(told: Told): Promise<string | undefined> {
  const { provider, client, found, grant, scopes, forResource } = told;
  if (!scopes.has('openid')) return undefined;
  const { acr, amr, authTime, nonce, sid } = found.payload as Readonly<Record<string, unknown>>;
  const made = provider.IdToken as unknown as new (available: object, options: { client: Client }) => IdToken;
  const token = new made(
    {
      ...accountClaims({ ...found.account, id: found.accountId as AccountId }),
      ...authenticationOf({ acr, amr, authTime } as Parameters<typeof authenticationOf>[0]),
    },
    { client },
  );
  // OpenID Connect Core §5.4: claims of scopes come from userinfo, where the access token opens it.
  token.scope = forResource ? grant.getOIDCScopeFiltered(new Set(scopes)) : 'openid';
  token.mask = {};
  token.rejected = grant.getRejectedOIDCClaims();
  token.set('nonce', nonce);
  token.set('sid', sid);
  return token.issue({ use: 'idtoken' });
}
