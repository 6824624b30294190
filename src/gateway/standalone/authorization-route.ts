import { readFile } from 'node:fs/promises';
import { externalAuthorization } from '../authz/external-authorization.js';
import type { Guard } from '../guard.js';
import type { GatewayLog } from './gateway-log.js';
import type { Route } from './server.js';
import { usable } from './setting-unusable.js';
import type { GatewaySecrets, GatewaySettings } from './settings.js';

/** `/authz`, where the settings name a proxy that may ask there. */
export async function authorizationRoutes(
  { authorization, provider }: GatewaySettings,
  { log, secrets }: { readonly log: GatewayLog; readonly secrets: GatewaySecrets },
  guard: Guard,
): Promise<readonly Route[]> {
  if (!authorization) return [];
  const { proxy, secretFile } = authorization;
  const make = async (): Promise<Route> => {
    const secret =
      secretFile === undefined ? (secrets.authzSecret ?? '') : (await readFile(secretFile, 'utf8')).trim();
    return externalAuthorization({
      guard,
      proxy,
      secret,
      ...(provider && { longestBody: provider.longestBody }),
      onRefused({ code, detail }, response) {
        const facts = { request_id: response.getHeader('x-request-id'), refusal: code, detail };
        if (code === 'proxy_misconfigured') log.error(facts, 'the proxy is not set up to ask');
        else log.info(facts, 'request refused');
      },
    });
  };
  return [await usable(secretFile === undefined ? 'HOLDFAST_AUTHZ_SECRET' : '--authz-secret-file', make)];
}
