import type { Config } from '../config/schema.js';
import { epochSeconds, type Clock } from '../lib/clock.js';
import type { IntrospectionView } from './introspection-policy.js';

type Fixed = Pick<IntrospectionView, 'issuer' | 'resource' | 'configured'>;

const fixedOf = new WeakMap<Config, Fixed>();

/** What decides of a token beside its row. The configuration is read once, for it may have thousands of clients. */
export function viewOf(
  { config, clock }: { readonly config: Config; readonly clock: Clock },
  caller: string,
): IntrospectionView {
  const fixed = fixedOf.get(config) ?? fix(config);
  return { ...fixed, caller, now: epochSeconds(clock) };
}

function fix(config: Config): Fixed {
  const resources = new Map(config.resources.map((resource) => [resource.identifier, resource]));
  const clients = new Set(config.clients.map((client) => client.client_id));
  const fixed: Fixed = {
    issuer: config.issuer,
    resource: (identifier) => resources.get(identifier),
    configured: (clientId) => clients.has(clientId),
  };
  fixedOf.set(config, fixed);
  return fixed;
}
