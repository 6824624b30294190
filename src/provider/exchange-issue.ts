import type { Provider } from 'oidc-provider';
import type { Account } from '../accounts/account.js';
import { upstreamAmr, weakestAcr } from '../accounts/authentication.js';
import { issuedTokenType } from './exchange-request.js';
import * as internals from './internals.js';

type RefreshToken = InstanceType<Provider['RefreshToken']>;

/** As recorded with each token; devices of such logins are told like those of others. */
export const exchangeOrigin = 'token_exchange';

export interface Exchanged {
  readonly account: Account;
  readonly grant: InstanceType<Provider['Grant']>;
  readonly resource: string;
  readonly scope: string;
  /** When she proved herself at the issuer, if it says so. */
  readonly authTime: number | undefined;
  /** Whether a refresh token goes with it, if the client may have one. */
  readonly refresh: boolean;
  readonly proof: Awaited<ReturnType<typeof internals.validateDpop>>;
  readonly certificate: ReturnType<typeof internals.checkMtlsCert>;
}

/** RFC 8693 §2.2.1: the access token, bound to the key of the request and to nothing that the subject token says. */
export async function issueExchanged(
  provider: Provider,
  ctx: internals.TokenEndpointGrantContext,
  exchanged: Exchanged,
): Promise<object> {
  const { account, grant, proof, certificate, refresh } = exchanged;
  const source = sourceOf(provider, ctx, exchanged);
  ctx.oidc.entity('RefreshToken', source);
  ctx.oidc.entity('Grant', grant);
  const accessToken = internals.createAccessToken(
    provider,
    ctx,
    { accountId: account.id, grantId: grant.jti, expiresWithSession: false },
    exchangeOrigin,
  );
  if (certificate) accessToken.setThumbprint('x5t', certificate);
  if (proof) accessToken.setThumbprint('jkt', proof.thumbprint);
  await internals.resolveAndApplyResource(provider, ctx, source, accessToken, grant);
  ctx.oidc.entity('AccessToken', accessToken);
  const value = await accessToken.save();
  const refreshToken = refresh && (await mayRefresh(provider, ctx, source)) ? await source.save() : undefined;
  const answer = internals.buildTokenResponse(provider, {
    accessToken: value,
    expiresIn: accessToken.expiration,
    refreshToken,
    scope: accessToken.scope,
    tokenType: accessToken.tokenType,
  });
  return { ...answer, issued_token_type: issuedTokenType };
}

/** A refresh token, saved or not, is what oidc-provider's own helpers take for a source. */
function sourceOf(
  provider: Provider,
  ctx: internals.TokenEndpointGrantContext,
  { account, grant, resource, scope, authTime }: Exchanged,
): RefreshToken {
  return new provider.RefreshToken({
    client: ctx.oidc.client,
    accountId: account.id,
    // Law 5: all that we verified is that the issuer said so.
    acr: weakestAcr,
    amr: upstreamAmr,
    authTime,
    expiresWithSession: false,
    grantId: grant.jti,
    gty: exchangeOrigin,
    resource,
    rotations: 0,
    scope,
  } as never) as RefreshToken;
}

async function mayRefresh(
  provider: Provider,
  ctx: internals.TokenEndpointGrantContext,
  source: RefreshToken,
): Promise<boolean> {
  const { issueRefreshToken: may } = internals.instance(provider).configuration;
  return (await may?.(ctx, ctx.oidc.client, source as never)) === true;
}
