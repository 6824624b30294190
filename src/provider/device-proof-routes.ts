import type { Middleware } from 'koa';
import { routedPath } from '../http/routes.js';
import type { Clock } from '../lib/clock.js';
import { browserSession } from './browser-session.js';
import type { Provider } from './provider-route.js';
import type { SessionDevices } from './session-device.js';

export interface DeviceProofPorts {
  readonly provider: Provider;
  readonly devices: SessionDevices;
  readonly clock: Clock;
  /** sessions.device_proof, in seconds */
  readonly freshSeconds: number;
}

/** What a thief with a copied cookie is after: another passkey, codes, the address, money, the person's data. */
const sensitive = [
  /^\/account\/confirm\/options$/,
  /^\/account\/(recovery-codes|email|email\/code|export|delete)$/,
  /^\/account\/passkeys\/new(\/options)?$/,
  /^\/account\/passkeys\/[^/]+\/remove$/,
  /^\/account\/identities\/[^/]+\/unlink$/,
  /^\/interaction\/[^/]+\/approval\/(options|result)$/,
  /^\/approve\/[^/]+(\/options)?$/,
];

/**
 * Threat 18, NIST SP 800-63B-4 §5.1: before a change that matters the device proves that it still has its key. The cookie
 * is taken away and the request sent again (307: with its body), before which the browser renews it; a copy of the cookie
 * goes round in circles. Cutting off what a thief may have needs no proof.
 */
export function deviceProof({ provider, devices, clock, freshSeconds }: DeviceProofPorts): Middleware {
  return async (ctx, next) => {
    if (ctx.method !== 'POST' || !ctx.secure || !sensitive.some((path) => path.test(routedPath(ctx.path)))) {
      return next();
    }
    await browserSession(provider, ctx);
    const device = devices.of(ctx.req);
    if (!device || clock.now() - device.provenAt <= freshSeconds * 1000) return next();
    devices.expire(ctx);
    ctx.redirect(ctx.url);
    ctx.status = 307;
  };
}
