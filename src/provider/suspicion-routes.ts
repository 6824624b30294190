import type { Context, Middleware } from 'koa';
import type { CircumstancesSource } from '../accounts/circumstances.js';
import type { Clock } from '../lib/clock.js';
import { sha256 } from '../lib/hashing.js';
import type { SecurityEvents } from '../observability/events.js';
import { boundCookieName, withoutSession } from './bound-cookie.js';
import type { BoundSessionStore, LastProof } from './bound-session-store.js';
import { instance } from './internals.js';
import { throughStore } from './provider-error.js';
import type { Provider } from './provider-route.js';
import type { SessionDevices } from './session-device.js';
import type { SessionStore } from './session-store.js';
import { isElsewhere, patienceMilliseconds, type SuspicionPolicy } from './suspicion-policy.js';

export interface SuspicionPorts {
  readonly provider: Provider;
  readonly site: { readonly origin: string };
  readonly sessions: Pick<SessionStore, 'end' | 'findUnproven'>;
  readonly boundSessions: Pick<BoundSessionStore, 'lastProof' | 'suspect'>;
  readonly devices: Pick<SessionDevices, 'presentedBy' | 'expire'>;
  readonly circumstances: CircumstancesSource;
  readonly clock: Clock;
  readonly events: Pick<SecurityEvents, 'sessionSuspected' | 'revoked'>;
  /** lifetimes.session_idle */
  readonly idleSeconds: number;
  /** sessions.suspicion */
  readonly policy: SuspicionPolicy;
}

type Suspected = Awaited<ReturnType<BoundSessionStore['suspect']>>;

/**
 * Threat 21: a bound cookie that comes from another place and another browser than its device's last proof is not believed
 * until the device has proven itself again: the cookie is taken away, and the same request sent again (307), before which
 * the device that holds the session renews it, from wherever it is now. A copy goes round in circles.
 */
export function suspicion(ports: SuspicionPorts): Middleware {
  const { site, boundSessions, devices, circumstances, policy } = ports;
  return async (ctx, next) => {
    if (!ctx.secure || withoutSession.some((path) => ctx.path.startsWith(path))) return next();
    const presented = devices.presentedBy(ctx.req);
    if (!presented) {
      await noteLeftover(ports, ctx);
      return next();
    }
    const proven = await boundSessions.lastProof(presented.sessionId);
    if (!proven || !isElsewhere(proven, circumstances())) return next();
    const suspected = await suspect(ports, proven, 'elsewhere');
    if (policy === 'record') return next();
    if (policy === 'end') await endUnproven(ports, proven, suspected);
    devices.expire(ctx);
    ctx.redirect(`${site.origin}${ctx.url}`);
    ctx.status = 307;
  };
}

/** No browser sends a cookie that is over; a list of copied ones does. It opens nothing, but it says that they were copied. */
async function noteLeftover(ports: SuspicionPorts, ctx: Context): Promise<void> {
  const { provider, sessions, boundSessions, circumstances, clock, idleSeconds } = ports;
  if (!ctx.cookies.get(boundCookieName, { signed: false })) return;
  const signed = instance(provider).configuration.cookies?.long?.signed ?? true;
  const value = ctx.cookies.get(provider.cookieName('session'), { signed });
  if (value === undefined) return;
  const asked = { ...circumstances(), at: new Date(clock.now()), idleSeconds, unboundSeconds: 0 };
  const unproven = await throughStore(() =>
    sessions.findUnproven(sha256(value), { ...asked, boundTo: undefined }),
  );
  const proven = unproven && (await boundSessions.lastProof(unproven.bindingId));
  if (proven) await suspect(ports, proven, 'not_renewed');
}

/** Told once until the device proves itself, however many requests there are. */
async function suspect(
  { boundSessions, events, circumstances, clock, policy }: SuspicionPorts,
  proven: LastProof,
  how: 'elsewhere' | 'not_renewed',
): Promise<Suspected> {
  const { id, turn, accountId, sessionUid: session, place: provenPlace, browser: provenBrowser } = proven;
  const suspected = await boundSessions.suspect({ id, turn, at: new Date(clock.now()) });
  if (suspected?.first === true) {
    const evidence = { ...circumstances(), provenPlace, provenBrowser };
    events.sessionSuspected({ how, policy, accountId, session, binding: id, ...evidence });
  }
  return suspected;
}

/** Whoever goes on with the cookie, and has not proven that he has the key, has not got it. */
async function endUnproven(
  { sessions, events, clock }: SuspicionPorts,
  { sessionUid: id }: LastProof,
  suspected: Suspected,
): Promise<void> {
  if (!suspected || clock.now() - suspected.since.getTime() < patienceMilliseconds) return;
  if (await sessions.end(id, new Date(clock.now()))) events.revoked({ what: 'session', id });
}
