import type { Context } from 'koa';
import type { AccountId } from '../accounts/account.js';
import { epochSeconds, type Clock } from '../lib/clock.js';
import { instance } from './internals.js';
import { throughStore } from './provider-error.js';
import type { Provider } from './provider-route.js';
import type { SessionDevices } from './session-device.js';

/** The signed-in session of the browser that asks, by oidc-provider's own cookie. */
export interface BrowserSession {
  readonly uid: string;
  readonly accountId: AccountId;
  /** When she signed in, in seconds since the epoch. */
  readonly authTime: number;
  readonly acr: string | undefined;
}

/** Undefined when nobody is signed in: no cookie, or one of a session that is unknown, ended, idle, or revoked. */
export async function browserSession(provider: Provider, ctx: Context): Promise<BrowserSession | undefined> {
  const session = await throughStore(() => provider.Session.get(ctx as never));
  const { accountId, uid, loginTs, acr } = session;
  if (accountId === undefined || loginTs === undefined) return undefined;
  return { uid, accountId: accountId as AccountId, authTime: loginTs, acr };
}

/** Threat 20: another id, the one before it is worthless; for a session that has just been given more trust. */
export async function renewSessionId(
  provider: Provider,
  ctx: Context,
  {
    clock,
    sessionDevices,
  }: { readonly clock: Clock; readonly sessionDevices: Pick<SessionDevices, 'offer'> },
): Promise<void> {
  const session = await throughStore(() => provider.Session.get(ctx as never));
  const { exp, uid: sessionUid, loginTs: authTime } = session;
  if (
    session.accountId === undefined ||
    authTime === undefined ||
    exp === undefined ||
    exp <= epochSeconds(clock)
  )
    return;
  session.resetIdentifier();
  await throughStore(() => session.persist());
  sendSessionCookie(provider, ctx, session);
  sessionDevices.offer(ctx, { sessionUid, authTime });
}

/** As oidc-provider does after its own routes. */
export function sendSessionCookie(
  provider: Provider,
  ctx: Context,
  { jti, exp, transient }: Pick<InstanceType<Provider['Session']>, 'jti' | 'exp' | 'transient'>,
): void {
  const { cookies } = instance(provider).configuration;
  ctx.cookies.set(provider.cookieName('session'), jti, {
    ...cookies?.long,
    ...(transient === true ? {} : { expires: new Date(exp * 1000) }),
  });
}
