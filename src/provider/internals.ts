/*
 * The sole deep import of oidc-provider. What stands here has no promise of stability from upstream, so the version
 * is pinned by the lockfile, the types are ours (oidc-provider-internals.d.ts), and nothing stands here unused: the tests
 * of what uses it run every one of these against the installed version.
 */
import type { Context, Next } from 'koa';
import type { JWK, KoaContextWithOIDC, Provider } from 'oidc-provider';
import requestContext from 'oidc-provider/lib/helpers/als.js';
import validateDpop, { checkDpopReplay, getDpopJwt } from 'oidc-provider/lib/helpers/validate_dpop.js';
import instance from 'oidc-provider/lib/helpers/weak_cache.js';

export {
  checkAccountMismatch,
  createAccessToken,
  issueIdToken,
  validateAccount,
} from 'oidc-provider/lib/helpers/grant_common.js';
export {
  applyAuthorizationDetails,
  buildTokenResponse,
  checkDpopRequired,
  checkMtlsCert,
  resolveAndApplyResource,
  validateGrant,
} from 'oidc-provider/lib/helpers/grants.js';
export type { TokenEndpointGrantContext } from 'oidc-provider/lib/helpers/weak_cache.js';
export { checkDpopReplay, validateDpop };
export { default as presence } from 'oidc-provider/lib/helpers/validate_presence.js';
export { default as assembleParameters } from 'oidc-provider/lib/shared/assemble_params.js';
export {
  default as clientAuthentication,
  getClientAuthParams as clientAuthenticationParameters,
} from 'oidc-provider/lib/shared/client_auth.js';
export { default as cors } from 'oidc-provider/lib/shared/cors.js';
export { default as errorHandler } from 'oidc-provider/lib/shared/error_handler.js';
export { default as noCache } from 'oidc-provider/lib/shared/no_cache.js';
export { default as rejectDuplicates } from 'oidc-provider/lib/shared/reject_dupes.js';
export {
  json as parseJsonBody,
  urlencoded as parseUrlencodedBody,
} from 'oidc-provider/lib/shared/selective_body.js';
export { instance };

/** What was found of the request's proof; undefined while nothing was: clients prove themselves before. */
export async function judgedProof(
  provider: Provider,
  ctx: KoaContextWithOIDC,
): ReturnType<typeof validateDpop> {
  return getDpopJwt(provider, ctx) === undefined ? undefined : validateDpop(provider, ctx);
}

/** Sets DPoP-Nonce to the nonce of the moment (RFC 9449 §8.2). Does nothing without features.dPoP.nonceSecret. */
export function sendNextNonce(provider: Provider, ctx: Context): void {
  const nonce = instance(provider).DPoPNonces?.nextChallenge();
  if (nonce !== undefined) ctx.set('DPoP-Nonce', nonce);
}

/** Makes `ctx.oidc` as oidc-provider does for its own routes, then runs `next` where `Provider.ctx` finds the context. */
export function enterProviderContext(
  provider: Provider,
  ctx: Context,
  route: string,
  next: Next,
): Promise<unknown> {
  ctx['_matchedRouteName'] = route;
  const oidc = new provider.OIDCContext(ctx);
  Object.defineProperty(ctx, 'oidc', { value: oidc, configurable: true });
  return requestContext.run(ctx, () => next());
}

/**
 * Keys that may verify but never sign: /jwks answers exactly `published`, and an `id_token_hint` signed by any of
 * them is accepted. `key_ops` keeps oidc-provider from choosing one for a signature.
 * @param published public JWKs: current, next and retiring
 */
export function publishKeys(provider: Provider, published: readonly JWK[]): void {
  const { keystore } = instance(provider);
  const known = new Set([...keystore].map((key) => key.kid));
  for (const key of published) {
    if (!known.has(key.kid)) keystore.add({ ...key, key_ops: ['verify'] });
  }
  instance(provider).jwks = { keys: published };
}
