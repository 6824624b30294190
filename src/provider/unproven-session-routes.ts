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
    // The account has a doorway of its own, the same for everybody.
    const arriving = ctx.method === 'GET' && fromElsewhere(ctx) && !ctx.path.startsWith('/account');
    if (!arriving && ctx.method !== 'POST') return next();
    const value = ctx.cookies.get(provider.cookieName('session'), {
      signed: instance(provider).configuration.cookies?.long?.signed ?? true,
    });
    if (value === undefined || devices.presentedBy(ctx.req)) return next();
    if (!(await findUnproven(ports, value))) return next();
    if (ctx.method === 'POST') throw refuse('device_unproven', 'the bound cookie did not come with the form');
    const target = `${site.origin}${ctx.url}`;
    const hers = siteFor(site, ctx.req.headers);
    showPage(ctx, DoorwayPage({ site: hers, words: hers.words.login.proving, target }));
    ctx.set('Refresh', `0; url=${target}`);
  };
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

/** Fetch Metadata §2.1, §2.3: a page is opened, and what opened it was none of ours. */
function fromElsewhere(ctx: Context): boolean {
  const [site, mode] = [ctx.get('Sec-Fetch-Site'), ctx.get('Sec-Fetch-Mode')];
  return mode === 'navigate' && (site === 'cross-site' || site === 'same-site');
}
