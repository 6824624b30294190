import type { Middleware } from 'koa';

const maxAge = 3600;

/**
 * WebAuthn L3 §5.11: which other origins a browser lets ask for our passkeys. Only told where the operator named some.
 * It lets nobody sign in to us: a ceremony of ours is believed from the issuer's own origin alone, so what another one
 * obtains is good for that one, if it keeps our public keys.
 */
export function relatedOriginsRoutes(issuer: string, related: readonly string[]): Middleware {
  const origins = [new URL(issuer).origin, ...related];
  return async (ctx, next) => {
    const asked = ctx.path === '/.well-known/webauthn' && (ctx.method === 'GET' || ctx.method === 'HEAD');
    if (!asked || related.length === 0) return await next();
    ctx.set('Cache-Control', `public, max-age=${maxAge}`);
    ctx.body = { origins };
  };
}
