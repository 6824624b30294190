import type { Middleware } from 'koa';
import { type Site, siteFor } from '../web/site.js';
import { HomePage } from './home-page.js';
import { showPage } from './show-page.js';

/** The front page at `/`. */
export function homeRoutes(site: Site): Middleware {
  return async (ctx, next) => {
    if (ctx.path !== '/' || (ctx.method !== 'GET' && ctx.method !== 'HEAD')) return await next();
    showPage(ctx, HomePage({ site: siteFor(site, ctx.headers) }));
  };
}
