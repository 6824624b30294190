import type { Middleware } from 'koa';
import type { KoaContextWithOIDC } from 'oidc-provider';
import type { SessionDevices } from './session-device.js';

/**
 * At the end of a session its browser forgets what held it, key and cookie, rather than ask once more. Only of this origin
 * (`storage`): `cookies` would sign her out of every app on a sibling host, and forget that this browser is known. Where no key
 * holds the session there is nothing to forget, and what else is stored here (her notifications) stays.
 */
export function bindingEnd(devices: SessionDevices): Middleware {
  return async (ctx, next) => {
    await next();
    const { oidc } = ctx as unknown as Partial<Pick<KoaContextWithOIDC, 'oidc'>>;
    const session = oidc?.session as { readonly destroyed?: boolean } | undefined;
    if (!devices.presentedBy(ctx.req) || session?.destroyed !== true) return;
    devices.expire(ctx);
    ctx.set('Clear-Site-Data', '"storage"');
  };
}
