import type { Middleware } from 'koa';
import type { Provider } from 'oidc-provider';
import { instance } from './internals.js';
import { jwksMaxAge, type RotationSettings } from './key-rotation-policy.js';

/** Tells verifiers how long they may keep /jwks: never past the moment at which a key that they lack may sign. */
export function jwksCaching(provider: Provider, settings: () => RotationSettings): Middleware {
  return async (ctx, next) => {
    await next();
    if (ctx.status !== 200 || instance(provider).router.match(ctx.method, ctx.path)?.route.name !== 'jwks')
      return;
    ctx.set('Cache-Control', `public, max-age=${jwksMaxAge(settings())}`);
  };
}
