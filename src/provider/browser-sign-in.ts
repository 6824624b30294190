import type { Context } from 'koa';
import type { KoaContextWithOIDC } from 'oidc-provider';
import type { Authentication } from '../accounts/authentication.js';
import type { SignInDeviceService } from '../binding/sign-in-device-service.js';
import { sendSessionCookie } from './browser-session.js';
import { enterProviderContext, instance } from './internals.js';
import { keepBrowser, presentedBrowser } from './known-browser-cookie.js';
import { throughStore } from './provider-error.js';
import type { Provider } from './provider-route.js';
import type { SessionDevices } from './session-device.js';

export interface BrowserSignInPorts {
  readonly provider: Provider;
  readonly signInDevices: Pick<SignInDeviceService, 'signedIn'>;
  readonly sessionDevices: Pick<SessionDevices, 'offer'>;
}

/**
 * Signs the browser of this request in outside an interaction, as oidc-provider does at the end of one. For a request that
 * nobody but our own page in that browser could send, and an assertion that came with it.
 * @returns false, and nothing has changed here: somebody is signed in, or the account was revoked since she was verified
 */
export async function signBrowserIn(
  ctx: Context,
  { provider, signInDevices, sessionDevices }: BrowserSignInPorts,
  authentication: Authentication,
): Promise<boolean> {
  const { accountId } = authentication;
  let signedIn = false;
  await enterProviderContext(provider, ctx, 'browser sign-in', async () => {
    const session = await throughStore(() => provider.Session.get(ctx as never));
    // It is somebody's: nobody takes her place without her word (at an interaction she is asked to sign out).
    if (session.accountId !== undefined) return;
    // As at every login: told before there is a session, so that none stays untold.
    keepBrowser(ctx, await signInDevices.signedIn(accountId, presentedBrowser(ctx)));
    signedIn = await startSession(ctx as KoaContextWithOIDC, session, authentication);
    if (!signedIn) return;
    sessionDevices.offer(ctx, { sessionUid: session.uid, authTime: authentication.authTime });
  });
  return signedIn;
}

type Session = Awaited<ReturnType<Provider['Session']['get']>>;

/** Law 5: acr, amr and the time are those of the assertion. */
async function startSession(
  ctx: KoaContextWithOIDC,
  session: Session,
  { accountId, accountGeneration, acr, amr, authTime }: Authentication,
): Promise<boolean> {
  const { provider } = ctx.oidc;
  const login = { accountId, accountGeneration, acr, amr: [...amr], ts: authTime };
  // Law 3: where the saving of the session looks for the generation under which she was verified.
  Object.assign(ctx.oidc, { result: { login } });
  session.loginAccount({ accountId, acr, amr: login.amr, loginTs: authTime });
  // Threat 20: whatever id the browser brought is worthless from now on.
  session.resetIdentifier();
  const life = instance(provider).configuration.ttl?.Session;
  if (typeof life !== 'function') throw new TypeError('ttl.Session is a function of ours');
  await throughStore(() => session.save(life(ctx, session)));
  // Neither a revocation nor another sign-in in this browser is undone: then nothing was saved, and the cookie stays.
  const saved = await throughStore(() => provider.Session.find(session.jti));
  if (saved?.accountId !== accountId) return false;
  sendSessionCookie(provider, ctx, session);
  return true;
}
