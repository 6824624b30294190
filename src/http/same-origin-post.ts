import type { IncomingHttpHeaders } from 'node:http';
import { harmless } from '../lib/harmless.js';

/**
 * Why a post can't be from our own page; undefined when it may be. Browsers say so themselves: by Sec-Fetch-Site
 * (Fetch Metadata), older ones by Origin (RFC 6454 §7). Who sends neither is no browser; the form's token decides.
 */
export function foreignPost(headers: IncomingHttpHeaders, ownOrigin: string): string | undefined {
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin') return `Sec-Fetch-Site is ${harmless(String(site))}`;
  const { origin } = headers;
  // A page under `no-referrer` sends `Origin: null` even to itself, so beside Sec-Fetch-Site that proves nothing.
  if (origin === undefined || (origin === 'null' && site !== undefined)) return undefined;
  return origin === ownOrigin ? undefined : `Origin is ${harmless(origin)}`;
}
