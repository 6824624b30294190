import type { Middleware } from 'koa';
import { DoorwayPage } from '../provider/doorway-page.js';
import { showPage } from '../provider/show-page.js';
import { type Site, siteFor } from '../web/site.js';

/**
 * Threat 23: to a request that another site caused, the account's pages answer the same page with the same status,
 * whoever is signed in; it goes on from there by itself, as a request of our own. What another site can see of a visit
 * (status, size, time, redirects) tells it nothing.
 */
export function doorway(site: Site): Middleware {
  return async (ctx, next) => {
    if (!isAccountPath(ctx.path) || ctx.method === 'POST' || !fromElsewhere(ctx.get('Sec-Fetch-Site'))) {
      return await next();
    }
    const target = `${site.origin}${ctx.path}`;
    const hers = siteFor(site, ctx.req.headers);
    showPage(ctx, DoorwayPage({ site: hers, words: hers.words.account.doorway, target }));
    // Not a meta element: nothing of the page has to be read for it, and no policy stands in its way.
    ctx.set('Refresh', `0; url=${target}`);
  };
}

export function isAccountPath(path: string): boolean {
  return /^\/account(\/|$)/i.test(path);
}

/** Fetch Metadata §2.3: a sibling host (`same-site`) is another site to us. Browsers that say nothing are let in. */
function fromElsewhere(site: string): boolean {
  return site !== '' && site !== 'same-origin' && site !== 'none';
}
