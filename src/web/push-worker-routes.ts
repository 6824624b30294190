import type { Middleware } from 'koa';
import type { Assets } from './assets.js';

/**
 * The service worker has an address of its own, at the root and without a digest: browsers look there for a newer one,
 * and it may only control what is below it (Service Workers §3.2).
 */
export function pushWorkerRoutes(assets: Assets): Middleware {
  const worker = assets.find(assets.url('push-worker.js'));
  return async (ctx, next) => {
    if (ctx.path !== '/push.js' || !worker || !['GET', 'HEAD'].includes(ctx.method)) return await next();
    ctx.set('Cache-Control', 'no-cache');
    // What a worker may fetch and load is said by the policy of its own script.
    ctx.set('Content-Security-Policy', "default-src 'none'");
    ctx.type = worker.type;
    ctx.body = worker.contents;
  };
}
