import type { Context } from 'koa';
import { keyedDigest, sameBytes } from '../lib/hashing.js';
import type { Random } from '../lib/random.js';
import type { BackchannelRequestId } from '../stepup/backchannel-request.js';

/** What one showing of the page fixes: which request, until when the approval would last, and in which browser. */
export interface ApproveTicket {
  readonly request: BackchannelRequestId;
  /** Seconds since the epoch, as the page shows it and her passkey signs it. */
  readonly ends: number;
  readonly browser: string;
}

/**
 * The token that the forms of one showing send back (threat 22): only our page in that browser knows it, and it is good for
 * that request and that end alone.
 * @param key deriveKey(master, 'approve elsewhere')
 */
export function approveToken(key: Uint8Array, { request, ends, browser }: ApproveTicket): string {
  return digestOf(key, request, ends, browser).toString('base64url');
}

export function isApproveToken(key: Uint8Array, ticket: ApproveTicket, presented: string): boolean {
  const { request, ends, browser } = ticket;
  return (
    browser !== '' && sameBytes(digestOf(key, request, ends, browser), Buffer.from(presented, 'base64url'))
  );
}

function digestOf(key: Uint8Array, request: string, ends: number, browser: string): Buffer {
  return keyedDigest(key, JSON.stringify(['approve', request, ends, browser]));
}

/** On https no subdomain can plant it (RFC 6265bis §4.1.3.2). */
const nameFor = (ctx: Context) => (ctx.secure ? '__Host-holdfast_approve' : 'holdfast_approve');

/** What this browser is told apart by; empty when it shows none. */
export function presentedTicketBrowser(ctx: Context): string {
  const presented = ctx.cookies.get(nameFor(ctx), { signed: false }) ?? '';
  return /^[\w-]{22}$/.test(presented) ? presented : '';
}

/** As `presentedTicketBrowser`; a browser that shows none is told one. Two tabs share it. */
export function ticketBrowser(ctx: Context, random: Random): string {
  const presented = presentedTicketBrowser(ctx);
  if (presented !== '') return presented;
  const browser = random.bytes(16).toString('base64url');
  ctx.cookies.set(nameFor(ctx), browser, {
    path: '/',
    httpOnly: true,
    sameSite: 'lax',
    secure: ctx.secure,
    signed: false,
    overwrite: true,
  });
  return browser;
}
