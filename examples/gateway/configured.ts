import type { Config } from '../../src/config/schema.js';
import type { Clock } from '../../src/lib/clock.js';
import type { Random } from '../../src/lib/random.js';
import type { Logger } from '../../src/observability/logger.js';
import { startExampleGateway, type ExampleGateway } from './start.js';

export interface ConfiguredGatewayOptions {
  readonly config: Config;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly random: Random;
}

/**
 * The gateway that stands beside the provider in development: for the resource at `gateway_port`, as the resource
 * server that the config names for it. Undefined where there is none, and in production.
 */
export async function startConfiguredGateway({
  config,
  ...parts
}: ConfiguredGatewayOptions): Promise<ExampleGateway | undefined> {
  const { enabled, upstream: baseUrl, upstream_key: key, upstream_price: price } = config.example_gateway;
  if (!enabled || config.environment === 'production') return undefined;
  const resource = config.resources.find(
    ({ identifier }) => Number(new URL(identifier).port) === config.gateway_port,
  );
  const client = config.clients.find(({ client_id }) => resource?.resource_servers.includes(client_id));
  const clientSecret = client?.['client_secret'];
  if (!resource || !client || typeof clientSecret !== 'string') return undefined;
  return startExampleGateway({
    ...parts,
    port: config.gateway_port,
    host: config.host,
    issuer: config.issuer,
    resource: resource.identifier,
    clientId: client.client_id,
    clientSecret,
    upstream: baseUrl === undefined ? undefined : { baseUrl, price, ...(key !== undefined && { key }) },
  });
}
