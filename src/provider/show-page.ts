import type { Context } from 'koa';
import type { VNode } from 'preact';
import { isLoopbackHost } from '../lib/hosts.js';
import { contentSecurityPolicy } from '../web/content-security-policy.js';
import { renderPage } from '../web/render.js';

/** Answers with a page. `formTargets`: where its forms may lead beside us, from `formTarget`. */
export function showPage(ctx: Context, page: VNode, formTargets: readonly (string | undefined)[] = []): void {
  const targets = formTargets.filter((target) => target !== undefined);
  ctx.set('Content-Security-Policy', contentSecurityPolicy(targets));
  ctx.set('Cache-Control', 'no-store');
  ctx.set('Referrer-Policy', referrerPolicy(ctx));
  ctx.set('X-Content-Type-Options', 'nosniff');
  ctx.type = 'html';
  ctx.body = renderPage(page);
}

/**
 * Under no-referrer a form's post says `Origin: null`, and only Sec-Fetch-Site vouches for it. Browsers send that to
 * https and loopback addresses alone; a `.test` host on plain http must have the Origin.
 */
function referrerPolicy(ctx: Context): string {
  return ctx.secure || isLoopbackHost(ctx.hostname) ? 'no-referrer' : 'same-origin';
}
