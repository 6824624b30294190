import type { z } from 'zod';
import { isLoopbackHost, isTestHost } from '../lib/hosts.js';
import type { Finding } from './cross-checks.js';
import type { Environment } from './environment-source.js';
import type { Config, UpstreamProviderConfig, upstreamProviderSchema } from './schema.js';

type Parsed = z.output<typeof upstreamProviderSchema>;

/** Takes each secret from where the file says it is. */
export function completeUpstreamProviders(
  providers: readonly Parsed[],
  env: Environment,
): UpstreamProviderConfig[] {
  return providers.map(({ client_secret: written, client_secret_variable: variable, ...provider }) => ({
    ...provider,
    client_secret: written ?? (variable === undefined ? '' : (env[variable] ?? '')),
  }));
}

/** What is wrong with the providers that no single setting shows. */
export function checkUpstreamProviders(config: Config): Finding[] {
  const ids = new Set<string>();
  const issuers = new Set<string>();
  return config.upstream_providers.flatMap((provider, index) => {
    const found: Finding[] = [];
    const tell = (setting: keyof Parsed, message: string) =>
      found.push({ path: ['upstream_providers', index, setting], message });
    if (ids.has(provider.id)) tell('id', `${provider.id} is declared twice`);
    // Two entries of one issuer would be two names of one set of people.
    if (issuers.has(provider.issuer)) tell('issuer', `${provider.issuer} is declared twice`);
    ids.add(provider.id);
    issuers.add(provider.issuer);
    const issuer = issuerProblem(provider.issuer, config);
    if (issuer !== undefined) tell('issuer', issuer);
    if (provider.client_secret === '') {
      tell('client_secret', 'is required, here or in the variable that client_secret_variable names');
    }
    if (!provider.scope.split(' ').includes('openid')) tell('scope', 'must have openid in it');
    // Law 5: what a login there was, it must prove for each login.
    if (provider.acr !== 'urn:holdfast:acr:basic' && provider.acr_values === undefined) {
      tell('acr', 'above the weakest needs acr_values, by which the provider proves each login’s strength');
    }
    return found;
  });
}

/** OpenID Connect Discovery §4.3: an issuer is an https URL without query or fragment. */
function issuerProblem(
  issuer: string,
  { dangerously_allow_private_network_fetch: allowed }: Config,
): string | undefined {
  const { protocol, hostname, search, hash } = new URL(issuer);
  if (search !== '' || hash !== '') return 'must have no query and no fragment';
  if (protocol === 'https:') return undefined;
  const local = isLoopbackHost(hostname) || isTestHost(hostname);
  if (protocol === 'http:' && local && allowed) return undefined;
  return 'must be https; http only on a loopback or .test host with dangerously_allow_private_network_fetch';
}
