import type { z } from 'zod';
import { isLoopbackHost, isTestHost } from '../lib/hosts.js';
import type { Finding } from './cross-checks.js';
import type { Config } from './schema.js';
import type { trustedIssuerSchema } from './trusted-issuers-schema.js';

type Parsed = z.output<typeof trustedIssuerSchema>;

/** RFC 8693 §2.1; clients register it in grant_types. */
export const tokenExchangeGrantType = 'urn:ietf:params:oauth:grant-type:token-exchange';

const tenantPlace = '{tenantid}';

/** One issuer: of an entry with tenants there is one for each. */
export interface TrustedIssuerConfig extends Parsed {
  /** The `tid` that its tokens must have. */
  readonly tenant?: string;
  /** Where it stands in the file. */
  readonly entry?: number;
}

/**
 * Entra's issuer is a template. Each tenant that the operator named becomes an issuer of its own, so that nothing that
 * follows has to know of templates: `iss`, keys and identities are those of one tenant.
 */
export function completeTrustedIssuers(issuers: readonly Parsed[]): TrustedIssuerConfig[] {
  return issuers.flatMap((each, entry) => {
    if (!each.issuer.includes(tenantPlace)) return [{ ...each, entry }];
    const tenants = each.tenants ?? [];
    return (tenants.length === 0 ? [tenantPlace] : tenants).map((tenant) => ({
      ...each,
      issuer: each.issuer.replace(tenantPlace, tenant),
      tenant,
      entry,
    }));
  });
}

/** What is wrong with the issuers that no single setting shows. */
export function checkTrustedIssuers(config: Config): Finding[] {
  const seen = new Set<string>();
  return config.trusted_issuers.flatMap((trusted) => {
    const findings = problemsOf(trusted, config);
    if (seen.has(trusted.issuer)) findings.push(['issuer', `${trusted.issuer} is declared twice`]);
    seen.add(trusted.issuer);
    const path = ['trusted_issuers', trusted.entry ?? 0];
    return findings.map(([setting, message]) => ({ path: [...path, setting], message }));
  });
}

type Problem = readonly [keyof Parsed, string];

function problemsOf(trusted: TrustedIssuerConfig, config: Config): Problem[] {
  const found: Problem[] = [];
  const { issuer, audiences, authorized_parties: parties, token_types: types } = trusted;
  const address = issuerProblem(issuer, config);
  if (address !== undefined) found.push(['issuer', address]);
  const keys = trusted.jwks_uri === undefined ? undefined : issuerProblem(trusted.jwks_uri, config, true);
  if (keys !== undefined) found.push(['jwks_uri', keys]);
  if (trusted.tenant === tenantPlace)
    found.push(['tenants', 'must name the tenants: the issuer is a template']);
  if (trusted.tenant === undefined && trusted.tenants !== undefined) {
    found.push(['tenants', 'needs {tenantid} in the issuer']);
  }
  if (types.includes('id_token') && audiences.length === 0) {
    // OIDC Core §3.1.3.7: an ID token for another app would do otherwise.
    found.push(['audiences', 'must name the ids that your apps have there']);
  }
  if (audiences.length === 0 && (parties ?? []).length === 0) {
    found.push(['authorized_parties', 'must be set where audiences is not']);
  }
  const upstream = config.upstream_providers.some((each) => each.issuer === issuer);
  if (upstream && trusted.subject_claim !== 'sub') {
    found.push(['subject_claim', 'must be sub, for the issuer is an upstream provider, too']);
  }
  return [...found, ...clientProblems(trusted, config), ...resourceProblems(trusted, config)];
}

/** OpenID Connect Discovery §4.3; and never ourselves, or a token of ours would renew itself for ever. */
function issuerProblem(
  issuer: string,
  { issuer: own, dangerously_allow_private_network_fetch: allowed }: Config,
  mayHaveQuery = false,
): string | undefined {
  if (!URL.canParse(issuer)) return 'must be an address';
  if (issuer.replace(/\/$/, '') === own) return 'is this server itself';
  const { protocol, hostname, search, hash } = new URL(issuer);
  if (!mayHaveQuery && (search !== '' || hash !== '')) return 'must have no query and no fragment';
  if (protocol === 'https:') return undefined;
  if (protocol === 'http:' && (isLoopbackHost(hostname) || isTestHost(hostname)) && allowed) return undefined;
  return 'must be https; http only on a loopback or .test host with dangerously_allow_private_network_fetch';
}

function clientProblems({ clients }: TrustedIssuerConfig, config: Config): Problem[] {
  return clients.flatMap((id): Problem[] => {
    const client = config.clients.find(({ client_id: each }) => each === id);
    // Those that the command makes can't have the grant.
    if (!client) return [['clients', `there is no client ${id} in this file`]];
    const { grant_types: grants } = client;
    if (Array.isArray(grants) && grants.includes(tokenExchangeGrantType)) return [];
    return [['clients', `${id} must have ${tokenExchangeGrantType} in its grant_types`]];
  });
}

function resourceProblems({ resources, scope }: TrustedIssuerConfig, config: Config): Problem[] {
  const known = new Map(config.resources.map((each) => [each.identifier, each.scope.split(' ')]));
  const unknown = (resources ?? []).filter((each) => !known.has(each));
  const offered = new Set((resources ?? [...known.keys()]).flatMap((each) => known.get(each) ?? []));
  const foreign = (scope ?? '').split(' ').filter((each) => each !== '' && !offered.has(each));
  return [
    ...unknown.map((each): Problem => ['resources', `there is no resource ${each}`]),
    ...foreign.map((each): Problem => ['scope', `${each} is a scope of none of its resources`]),
  ];
}
