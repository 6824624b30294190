import type { Context } from 'koa';
import type { Random } from '../lib/random.js';

/** Seconds: ten minutes at the provider, and ten on our page after it. */
const browserLife = 20 * 60;
const ticketLife = 10 * 60;
const secretShape = /^[\w-]{43}$/;

/**
 * The secret that tells this browser from all others while it is at a provider. One for all its tabs: of two logins at
 * once both go on. With `__Host-` on https, so that no sibling host plants one (RFC 9700 §4.7).
 */
export function browserSecret(ctx: Context): string {
  return ctx.cookies.get(browserCookie(ctx), { signed: false }) ?? '';
}

/** Gives the browser its secret, if it has none yet. */
export function bindBrowser(ctx: Context, random: Random): string {
  const presented = browserSecret(ctx);
  const secret = secretShape.test(presented) ? presented : random.bytes(32).toString('base64url');
  set(ctx, browserCookie(ctx), secret, '/', browserLife);
  return secret;
}

/** What came back from the provider waits under this ticket, which only the pages of one interaction see. */
export function ticketOf(ctx: Context): string {
  return ctx.cookies.get(ticketCookie, { signed: false }) ?? '';
}

export function giveTicket(ctx: Context, interaction: string, ticket: string): void {
  set(ctx, ticketCookie, ticket, `/interaction/${interaction}`, ticketLife);
}

const ticketCookie = 'holdfast_ticket';

function browserCookie({ secure }: Context): string {
  return secure ? '__Host-holdfast_upstream' : 'holdfast_upstream';
}

function set(ctx: Context, name: string, value: string, path: string, seconds: number): void {
  // Lax, not Strict: the way back from the provider is a navigation from another site.
  ctx.cookies.set(name, value, {
    path,
    httpOnly: true,
    sameSite: 'lax',
    secure: ctx.secure,
    signed: false,
    maxAge: seconds * 1000,
    overwrite: true,
  });
}
