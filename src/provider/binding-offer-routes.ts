import type { Middleware } from 'koa';
import type { KoaContextWithOIDC } from 'oidc-provider';
import type { SessionDevices } from './session-device.js';

/** Offers each login that an interaction ends with to the browser that ends it. */
export function bindingOffer(devices: SessionDevices): Middleware {
  return async (ctx, next) => {
    await next();
    const { oidc } = ctx as unknown as Partial<Pick<KoaContextWithOIDC, 'oidc'>>;
    if (!oidc?.result?.login) return;
    const { session } = oidc;
    if (session?.accountId === undefined || session.loginTs === undefined) return;
    // A login goes along to the page after it (consent): who sends that one has the session, and has not signed in.
    if (devices.loginAtArrival(ctx.req) === session.loginTs) return;
    devices.offer(ctx, { sessionUid: session.uid, authTime: session.loginTs });
  };
}
