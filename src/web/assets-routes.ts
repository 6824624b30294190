import type { Middleware } from 'koa';
import type { Assets } from './assets.js';

const year = 31_536_000;

/** Serves /assets/*. The digest in the name is the version, so a browser may keep a file for ever. */
export function assetsRoutes(assets: Assets): Middleware {
  return async (ctx, next) => {
    const asset = ctx.method === 'GET' || ctx.method === 'HEAD' ? assets.find(ctx.path) : undefined;
    if (!asset) return await next();
    ctx.set('Cache-Control', `public, max-age=${year}, immutable`);
    ctx.set('X-Content-Type-Options', 'nosniff');
    ctx.set('Cross-Origin-Resource-Policy', 'same-origin');
    // An SVG that somebody opens by itself is a document, and could run scripts of ours.
    ctx.set('Content-Security-Policy', "default-src 'none'; style-src 'unsafe-inline'; sandbox");
    ctx.type = asset.type;
    ctx.body = asset.contents;
  };
}
