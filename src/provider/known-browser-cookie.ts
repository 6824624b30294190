import type { IncomingMessage } from 'node:http';
import type { Context } from 'koa';
import { browserMemory } from '../accounts/known-browser-service.js';

/** On https no subdomain can plant it (RFC 6265bis §4.1.3.2). */
const nameFor = (ctx: Context) => (ctx.secure ? '__Host-holdfast_browser' : 'holdfast_browser');

/** What the browser shows of itself, as it came; see KnownBrowserService. */
export function presentedBrowser(ctx: Context): string | undefined {
  return ctx.cookies.get(nameFor(ctx), { signed: false });
}

const kept = new WeakMap<IncomingMessage, string>();

/** What it will show from now on: what it was told in the answer to this request, or showed in it. */
export function lastingBrowser(ctx: Context): string | undefined {
  return kept.get(ctx.req) ?? presentedBrowser(ctx);
}

/** Lets this browser show later that an account knows it. */
export function keepBrowser(ctx: Context, token: string): void {
  kept.set(ctx.req, token);
  ctx.cookies.set(nameFor(ctx), token, {
    path: '/',
    httpOnly: true,
    sameSite: 'lax',
    secure: ctx.secure,
    signed: false,
    overwrite: true,
    maxAge: browserMemory * 1000,
  });
}
