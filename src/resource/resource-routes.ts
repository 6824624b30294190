import type { Middleware } from 'koa';
import type { Provider } from '../provider/provider-route.js';
import { callRoute } from './call-routes.js';
import { introspectionRoute } from './introspection-routes.js';
import { feedRoute, type FeedPorts } from './feed-routes.js';
import { revocationRoute, type RevocationPorts } from './revocation-routes.js';
import { usageRoute } from './usage-routes.js';

/** What all of them need. */
export type ResourceRoutePorts = RevocationPorts & FeedPorts;

/** Our endpoints for resource servers and token holders on one provider; they replace oidc-provider's own. */
export function resourceRoutes(provider: Provider, ports: ResourceRoutePorts): readonly Middleware[] {
  return [
    introspectionRoute(provider, ports),
    callRoute(provider, ports),
    revocationRoute(provider, ports),
    usageRoute(provider, ports),
    feedRoute(provider, ports),
  ];
}
