import type { Context, Middleware } from 'koa';
import type { Provider } from 'oidc-provider';
import { keyedDigest, sameBytes } from '../lib/hashing.js';
import { refuse } from '../lib/refusal.js';
import { interactionCookies } from './cookies.js';
import { instance } from './internals.js';

interface Finish {
  readonly uid: string;
  /** Who has just signed in. */
  readonly accountId: string;
}

/**
 * Lets the browser in which a person signed in show later that it was this one. The cookie is told to that browser
 * alone and differs with the account, so nobody else comes by it, not by signing in at the same place himself either.
 * @param key derived for `interaction`
 */
export function rememberFinish(ctx: Context, key: Uint8Array, finish: Finish): void {
  ctx.cookies.set(interactionCookies.finished, tokenOf(key, finish).toString('base64url'), {
    path: `/authorize/${finish.uid}`,
    httpOnly: true,
    sameSite: 'lax',
    secure: ctx.secure,
    signed: false,
  });
}

/**
 * Threat 20: oidc-provider goes on in any browser that holds the cookie `resume`. One that began a sign-in and planted
 * its cookies in another browser by way of a sibling host would get the session of whoever signed in there.
 */
export function finishingBrowser(provider: Provider, key: Uint8Array): Middleware {
  return async (ctx, next) => {
    if (instance(provider).router.match(ctx.method, ctx.path)?.route.name !== 'resume') return next();
    // oidc-provider looks at the cookie, not at the path; whether it is signed is checked there.
    const uid = ctx.cookies.get(interactionCookies.resume, { signed: false });
    const login = uid === undefined ? undefined : (await provider.Interaction.find(uid))?.result?.login;
    if (uid === undefined || login === undefined) return next();
    const expected = tokenOf(key, { uid, accountId: String(login['accountId']) });
    const presented = ctx.cookies.get(interactionCookies.finished, { signed: false }) ?? '';
    if (sameBytes(expected, Buffer.from(presented, 'base64url'))) return next();
    throw refuse('interaction_gone', 'the person signed in in another browser');
  };
}

function tokenOf(key: Uint8Array, { uid, accountId }: Finish): Buffer {
  return keyedDigest(key, `finish ${uid} ${accountId}`);
}
