import type { Config } from '../config/schema.js';
import { isLoopbackHost } from '../lib/hosts.js';

/** The client that logs the demo's person in. */
export const demoClientId = 'example-cli';

type DemoSettings = Pick<Config, 'environment' | 'issuer' | 'example_gateway'> & {
  readonly clients: readonly { readonly client_id: string }[];
};

/**
 * Whether /demo is served: in development, on an issuer that only this machine reaches, and where its calls cost nothing
 * (threat 30: each press makes requests in the visitor's stead, and an account).
 */
export function offersDemo({
  environment,
  issuer,
  example_gateway: gateway,
  clients,
}: DemoSettings): boolean {
  return (
    environment === 'development' &&
    isLoopbackHost(new URL(issuer).hostname) &&
    gateway.enabled &&
    gateway.upstream === undefined &&
    clients.some(({ client_id }) => client_id === demoClientId)
  );
}
