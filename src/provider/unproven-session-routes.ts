import type { Context, Middleware } from 'koa';
import type { CircumstancesSource } from '../accounts/circumstances.js';
import type { Clock } from '../lib/clock.js';
import { sha256 } from '../lib/hashing.js';
import { refuse } from '../lib/refusal.js';
import { type Site, siteFor } from '../web/site.js';
import { withoutSession } from './bound-cookie.js';
import { DoorwayPage } from './doorway-page.js';
import { instance } from './internals.js';
import { throughStore } from './provider-error.js';
import type { Provider } from './provider-route.js';
import type { SessionDevices } from './session-device.js';
import type { SessionStore, UnprovenSession } from './session-store.js';
import { showPage } from './show-page.js';

export interface UnprovenSessionPorts {
  readonly provider: Provider;
  readonly site: Site;
  readonly sessions: Pick<SessionStore, 'findUnproven'>;
  readonly devices: SessionDevices;
  readonly circumstances: CircumstancesSource;
  readonly clock: Clock;
  /** lifetimes.session_idle */
  readonly idleSeconds: number;
}

/**
 * A browser that follows a link from another site does not renew the bound cookie first, though it could: it is given a
 * page of our own that goes on by itself, and for that request it does. So nobody who is signed in meets a login page, or
 * a client `login_required`, for where she came from. Who still comes without is not that browser, and not signed in; a
 * form that she filled in is not thrown away in silence.
 */
export function unprovenSession(ports: UnprovenSessionPorts): Middleware {
  const { provider, site, devices } = ports;
  return async (ctx, next) => {
    // Cheapest first: nothing is asked for a request that a bound cookie came with, or that matters to no session.
    if (!ctx.secure || withoutSession.some((path) => ctx.path.startsWith(path))) return next();
    const way = wayOf(ctx);
    if (way === 'in') return next();
    const value = ctx.cookies.get(provider.cookieName('session'), {
      signed: instance(provider).configuration.cookies?.long?.signed ?? true,
    });
    if (value === undefined || devices.presentedBy(ctx.req)) return next();
    if (!(await findUnproven(ports, value))) return next();
    if (way === 'late') throw refuse('device_proof_late', ctx.get('Secure-Session-Skipped'));
    if (way === 'refused') throw refuse('device_unproven', 'the bound cookie did not come with the request');
    const target = `${site.origin}${ctx.url}`;
    ctx.set('Refresh', `0; url=${target}`);
    if (way === 'frame') return showNothing(ctx);
    const hers = siteFor(site, ctx.req.headers);
    showPage(ctx, DoorwayPage({ site: hers, words: hers.words.login.proving, target }));
  };
}

/**
 * Where a request goes that comes without the bound cookie of its session. What goes in finds nobody signed in, and is given
 * a session of its own: that must happen to a browser only where it was asked to prove itself, and did not.
 */
function wayOf(ctx: Context): 'in' | 'doorway' | 'frame' | 'late' | 'refused' {
  if (ctx.method !== 'GET' && ctx.method !== 'POST') return 'in';
  // The browser says that it would have renewed the cookie: we did not answer, or its key signs no more for now.
  if (ctx.get('Secure-Session-Skipped') !== '') return 'late';
  if (ctx.method === 'POST') return 'refused';
  const [site, mode] = [ctx.get('Sec-Fetch-Site'), ctx.get('Sec-Fetch-Mode')];
  // Fetch Metadata §2.1, §2.3: no page is opened, or what opens it is none of ours. A sibling host's requests have our cookies.
  if (mode !== '' && mode !== 'navigate') return 'refused';
  if (mode === '' || (site !== 'cross-site' && site !== 'same-site')) return 'in';
  // The account has a doorway of its own, the same for everybody.
  if (ctx.path.startsWith('/account')) return 'in';
  return ctx.get('Sec-Fetch-Dest') === 'iframe' ? 'frame' : 'doorway';
}

/** An app on a sibling host asks silently (`prompt=none`): it may frame a page on which there is nothing, and no other. */
function showNothing(ctx: Context): void {
  ctx.remove('X-Frame-Options');
  ctx.set('Content-Security-Policy', "default-src 'none'; frame-ancestors https:");
  ctx.type = 'html';
  ctx.body = '';
}

function findUnproven(ports: UnprovenSessionPorts, cookie: string): Promise<UnprovenSession | undefined> {
  const { sessions, circumstances, clock, idleSeconds } = ports;
  const find = {
    ...circumstances(),
    at: new Date(clock.now()),
    idleSeconds,
    unboundSeconds: 0,
    boundTo: undefined,
  };
  return throughStore(() => sessions.findUnproven(sha256(cookie), find));
}
