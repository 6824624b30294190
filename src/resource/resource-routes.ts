import type { Middleware } from 'koa';
import type { Provider } from '../provider/provider-route.js';
import { callRoute } from './call-routes.js';
import { introspectionRoute } from './introspection-routes.js';
import type { ResourcePorts } from './resource-ports.js';
import { revocationRoute } from './revocation-routes.js';
import { usageRoute } from './usage-routes.js';

export type { ResourcePorts } from './resource-ports.js';

/** Our endpoints for resource servers and token holders on one provider; they replace oidc-provider's own. */
export function resourceRoutes(provider: Provider, ports: ResourcePorts): readonly Middleware[] {
  return [
    introspectionRoute(provider, ports),
    callRoute(provider, ports),
    revocationRoute(provider, ports),
    usageRoute(provider, ports),
  ];
}
