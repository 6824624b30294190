import type { Context, Middleware } from 'koa';
import { formTarget } from '../web/content-security-policy.js';
import { type Site, siteFor } from '../web/site.js';
import { HandOverPage, stockHandOver } from './hand-over-page.js';
import { showPage } from './show-page.js';

/**
 * Puts our page in the place of oidc-provider's self-submitting one: at a logout without a session, at a login as
 * somebody else, and for response_mode=form_post. Ours needs no inline script, and works without any.
 */
export function handOverRoutes(site: Site): Middleware {
  return async (ctx, next) => {
    await next();
    const handOver = stockHandOver(ctx.body);
    if (!handOver) return;
    const { status } = ctx;
    const targets = [handOver.action, ...onwardTargets(ctx)];
    showPage(ctx, HandOverPage({ site: siteFor(site, ctx.headers), ...handOver }), targets.map(formTarget));
    ctx.status = status;
  };
}

/** Where the posted form is redirected to in the end; `form-action` is held against that too. */
function onwardTargets(ctx: Context): string[] {
  const { params, entities } = ctx['oidc'] as {
    readonly params?: Readonly<Record<string, unknown>>;
    readonly entities?: { readonly Interaction?: { readonly params?: Readonly<Record<string, unknown>> } };
  };
  const uris = [params?.['post_logout_redirect_uri'], entities?.Interaction?.params?.['redirect_uri']];
  return uris.filter((uri) => typeof uri === 'string');
}
