import type { Middleware } from 'koa';
import type { ClientMetadata, KoaContextWithOIDC } from 'oidc-provider';
import { accountClientId } from '../config/account-client.js';
import type { Config } from '../config/schema.js';
import { instance } from './internals.js';
import type { Provider } from './provider-route.js';

/** Where a person is after she has signed in for the sake of her account's pages. */
export const accountSignedInPath = '/account/signed-in';

/**
 * OAuth 2.0 Multiple Response Types §4: `none` gives no code and no token, just a session. So the whole way of signing in
 * serves the account's pages, and nothing is made that could be stolen on the way back.
 */
export function accountClient({ issuer, brand }: Pick<Config, 'issuer' | 'brand'>): ClientMetadata {
  return {
    client_id: accountClientId,
    client_name: brand.name,
    client_uri: issuer,
    redirect_uris: [`${issuer}${accountSignedInPath}`],
    response_types: ['none'],
    grant_types: [],
    token_endpoint_auth_method: 'none',
  };
}

/** Where a browser that is not signed in signs in. `again`: also one that is. */
export function accountSignInUrl(origin: string, again = false): string {
  const query = new URLSearchParams({
    client_id: accountClientId,
    response_type: 'none',
    scope: 'openid',
    redirect_uri: `${origin}${accountSignedInPath}`,
    ...(again ? { prompt: 'login' } : {}),
  });
  return `${origin}/authorize?${query.toString()}`;
}

/**
 * For oidc-provider's `loadExistingGrant`: nobody is asked whether our own pages may know who she is. The grant is made for
 * this request alone and never saved; no token could hang on it.
 */
export async function existingGrant(ctx: KoaContextWithOIDC) {
  const { oidc } = ctx;
  const clientId = oidc.client?.clientId;
  if (clientId !== accountClientId) {
    const grantId = oidc.result?.consent?.grantId ?? oidc.session?.grantIdFor(clientId ?? '');
    return grantId === undefined ? undefined : await oidc.provider.Grant.find(grantId);
  }
  const { accountId } = oidc.session ?? {};
  if (accountId === undefined) return undefined;
  const grant = new oidc.provider.Grant({ accountId, clientId });
  grant.addOIDCScope('openid');
  return grant;
}

/** Discovery tells what clients may use: `none` is ours alone, and nobody has a user code (CIBA §4). */
export function correctDiscovery(provider: Provider): Middleware {
  return async (ctx, next) => {
    await next();
    // The body first: to match a path costs more, and every answer comes by here.
    const body = ctx.body as { response_types_supported?: readonly string[] } | null | undefined;
    if (!body?.response_types_supported) return;
    if (instance(provider).router.match(ctx.method, ctx.path)?.route.name !== 'discovery') return;
    const shown = body.response_types_supported.filter((type) => type !== 'none');
    ctx.body = {
      ...body,
      response_types_supported: shown,
      backchannel_user_code_parameter_supported: false,
    };
  };
}
