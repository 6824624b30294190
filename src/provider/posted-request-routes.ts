import type { Middleware } from 'koa';
import { readForm } from '../http/form-body.js';
import { RefusalError, refuse } from '../lib/refusal.js';
import { instance } from './internals.js';
import type { Provider } from './provider-route.js';

/** What browsers and proxies carry in an address; whoever needs more pushes the request (RFC 9126). */
const longestQuery = 7000;

/**
 * OpenID Connect Core §3.1.2.1 and RP-Initiated Logout §2: the authorization and logout endpoints take POST too. From
 * another site a POST comes without our Lax cookies, so it would meet a person who is signed in as a stranger; a 303
 * makes the same request a GET, with them. Nothing is decided here: what a GET may not do, a POST may not do either.
 */
export function postedRequestRoutes(provider: Provider): Middleware {
  const { router } = instance(provider);
  return async (ctx, next) => {
    if (ctx.method !== 'POST') return next();
    const route = router.match('GET', ctx.path)?.route.name;
    if (route !== 'authorization' && route !== 'end_session') return next();
    const form = readForm(ctx.req);
    if (!form.ok) throw new RefusalError(form.refusal);
    const query = new URLSearchParams([...form.value]).toString();
    if (query.length > longestQuery) throw refuse('body_too_large', 'push the request instead (RFC 9126)');
    ctx.redirect(`${ctx.path}?${query}`);
    ctx.status = 303;
  };
}
