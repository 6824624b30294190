import { isIP } from 'node:net';
import { isLoopbackHost, isTestHost } from '../lib/hosts.js';
import { accountClientId } from './account-client.js';
import { checkBrand } from './brand-checks.js';
import { clientKeysProblem } from './client-keys.js';
import { clientMetadataNames } from './client-metadata.js';
import { checkMail } from './mail-checks.js';
import { checkMutualTls } from './mtls-checks.js';
import { nearest } from './nearest.js';
import { redirectUriProblem } from './redirect-uri.js';
import { checkRelyingParty, doubtRelyingParty } from './relying-party-checks.js';
import { checkEnforcement, doubtEnforcement } from './enforcement-checks.js';
import type { ClientConfig, Config } from './schema.js';
import { checkTiers, doubtTiers } from './tiers-checks.js';
import { checkTrustedIssuers } from './trusted-issuers.js';
import { checkUpstreamProviders } from './upstream-providers.js';
import { checkWebhooks } from './webhooks.js';

/** What one check found: the setting it is about and a sentence. */
export interface Finding {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** Client secrets that we ship begin so; production refuses them. */
export const developmentSecretPrefix = 'development-only-';

/** Seconds. */
const shortestHold = 3600;

const reserved = ['prices', 'caps', 'trial', 'risk'] as const;

/** What no single setting shows: contradictions between settings, and what production must not run with. */
export function findContradictions(config: Config, now: number): Finding[] {
  return [
    ...checkIssuer(config),
    ...checkPorts(config),
    ...checkMasterKey(config),
    ...checkTestLogin(config),
    ...checkProduction(config),
    ...checkClients(config),
    ...checkResources(config),
    ...checkTrustedProxies(config),
    ...checkKeyRotation(config),
    ...checkUpstreamProviders(config),
    ...checkTrustedIssuers(config),
    ...checkWebhooks(config),
    ...checkMail(config),
    ...checkRelyingParty(config),
    ...checkBrand(config),
    ...checkTiers(config),
    ...checkMutualTls(config),
    ...checkEnforcement(config, now),
  ];
}

/** What works but probably not as meant. */
export function findDoubts(config: Config, now: number): Finding[] {
  const clientIds = new Set(config.clients.map(({ client_id: id }) => id));
  const foreign = config.resources.flatMap(({ resource_servers: servers }, index) =>
    servers.flatMap((id, position) =>
      clientIds.has(id)
        ? []
        : [
            {
              path: ['resources', index, 'resource_servers', position],
              message: `no client ${id} in this file; it can introspect only once it is added (holdfast client add)`,
            },
          ],
    ),
  );
  const unused = reserved
    .filter((name) => config[name] !== undefined)
    .map((name) => ({ path: [name], message: 'is reserved for a later version and has no effect yet' }));
  const keyInFolder =
    config.database_url !== undefined &&
    config.secret_key === undefined &&
    config.environment !== 'production'
      ? [{ path: ['secret_key'], message: 'is not set: every node must then share the same data_dir' }]
      : [];
  return [
    ...foreign,
    ...unused,
    ...keyInFolder,
    ...doubtRelyingParty(config),
    ...doubtTiers(config),
    ...doubtEnforcement(config, now),
  ];
}

function checkIssuer({ issuer, rp_id: rpId }: Config): Finding[] {
  const url = new URL(issuer);
  const findings: Finding[] = [];
  const local = isLoopbackHost(url.hostname) || isTestHost(url.hostname);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && local)) {
    findings.push({ path: ['issuer'], message: 'must be https, except on a loopback or .test host' });
  }
  if (url.href !== `${issuer}/`) {
    findings.push({
      path: ['issuer'],
      message: `must be a bare origin without path, query, port 443 or capitals, as in ${url.origin}`,
    });
  }
  // WebAuthn §5.1.2: the RP ID must be the host of the page or a parent domain of it.
  if (url.hostname !== rpId && !url.hostname.endsWith(`.${rpId}`)) {
    findings.push({ path: ['rp_id'], message: `must be ${url.hostname} or a parent domain of it` });
  }
  return findings;
}

function checkPorts(config: Config): Finding[] {
  const used = new Map<number, string>();
  const findings: Finding[] = [];
  const ports: [string[], number][] = [
    [['port'], config.port],
    [['management_port'], config.management_port],
    ...(config.example_gateway.enabled
      ? [[['example_gateway', 'port'], config.gateway_port] as [string[], number]]
      : []),
  ];
  for (const [path, port] of ports) {
    if (port > 65_535) findings.push({ path, message: `would be ${port}; set it to a port below 65536` });
    const other = used.get(port);
    if (port !== 0 && other !== undefined) findings.push({ path, message: `is ${port}, as ${other} is` });
    used.set(port, path.join('.'));
  }
  return findings;
}

function checkMasterKey({ secret_key: key, database_url: url, environment }: Config): Finding[] {
  const howTo = 'make one with: openssl rand -base64 32 | tr +/ -_ | tr -d =';
  if (key !== undefined && !/^[A-Za-z0-9_-]{43}$/.test(key)) {
    return [{ path: ['secret_key'], message: `must be base64url of 32 bytes; ${howTo}` }];
  }
  if (key === undefined && url !== undefined && environment === 'production') {
    return [{ path: ['secret_key'], message: `is required with database_url in production; ${howTo}` }];
  }
  return [];
}

function checkTestLogin(config: Config): Finding[] {
  if (!config.dangerously_allow_test_login) return [];
  const { hostname } = new URL(config.issuer);
  if (config.environment !== 'production' && (isLoopbackHost(hostname) || isTestHost(hostname))) return [];
  return [
    {
      path: ['dangerously_allow_test_login'],
      message:
        'lets anyone sign in as anyone: refused in production and unless the issuer is a loopback or .test host',
    },
  ];
}

const judgedElsewhere = new Set(['dangerously_allow_embedded_in_production', 'dangerously_allow_test_login']);

/** Law 9: the server refuses unsafe settings in production. */
function checkProduction(config: Config): Finding[] {
  if (config.environment !== 'production') return [];
  const findings: Finding[] = [];
  if (config.database_url === undefined && !config.dangerously_allow_embedded_in_production) {
    findings.push({
      path: ['database_url'],
      message:
        'is required in production (postgres://…); the embedded database needs dangerously_allow_embedded_in_production',
    });
  }
  // A forgotten issuer is http://localhost: links and cookies of a public server would be those of a developer's machine.
  if (config.issuer.startsWith('http:')) {
    findings.push({ path: ['issuer'], message: 'must be https in production' });
  }
  // Threats 17 and 18: its owner must have the time to read the mail about a thief's passkey.
  for (const name of ['new_passkey_hold', 'recovery_hold'] as const) {
    if (config.accounts[name] >= shortestHold) continue;
    findings.push({ path: ['accounts', name], message: `must be at least ${shortestHold} in production` });
  }
  for (const [name, value] of Object.entries(config)) {
    if (!name.startsWith('dangerously_') || value !== true || judgedElsewhere.has(name)) continue;
    findings.push({ path: [name], message: 'is refused in production (law 9)' });
  }
  config.clients.forEach((client, index) => {
    const secret = client['client_secret'];
    if (typeof secret !== 'string' || !secret.startsWith(developmentSecretPrefix)) return;
    findings.push({
      path: ['clients', index, 'client_secret'],
      message: 'is the secret that we ship for development, known to everybody: refused in production',
    });
  });
  return findings;
}

function checkClients({ clients }: Config): Finding[] {
  const seen = new Set<string>();
  return clients.flatMap((client, index) => {
    const findings: Finding[] = [];
    if (seen.has(client.client_id)) {
      findings.push({
        path: ['clients', index, 'client_id'],
        message: `${client.client_id} is declared twice`,
      });
    }
    seen.add(client.client_id);
    if (client.client_id === accountClientId) {
      findings.push({
        path: ['clients', index, 'client_id'],
        message: `${accountClientId} is ours: choose another`,
      });
    }
    const keys = clientKeysProblem(client['jwks']);
    if (keys !== undefined) findings.push({ path: ['clients', index, 'jwks'], message: keys });
    for (const name of Object.keys(client)) {
      if (clientMetadataNames.has(name)) continue;
      const meant = nearest(name, clientMetadataNames);
      findings.push({
        path: ['clients', index, name],
        message: `is not client metadata; ${meant === undefined ? 'docs/CONFIG.md lists the names' : `did you mean ${meant}?`}`,
      });
    }
    return [...findings, ...checkRedirectUris(client, index)];
  });
}

function checkRedirectUris(client: ClientConfig, index: number): Finding[] {
  const { redirect_uris: uris, application_type: type } = client;
  if (!Array.isArray(uris)) return [];
  return uris.flatMap((uri, position) => {
    const message = redirectUriProblem(String(uri), type);
    return message === undefined ? [] : [{ path: ['clients', index, 'redirect_uris', position], message }];
  });
}

function checkResources({ resources }: Config): Finding[] {
  const seen = new Set<string>();
  return resources.flatMap(({ identifier }, index) => {
    const path = ['resources', index, 'identifier'];
    const findings: Finding[] = [];
    if (seen.has(identifier)) findings.push({ path, message: `${identifier} is declared twice` });
    seen.add(identifier);
    // RFC 8707 §2: an absolute URI that MUST NOT include a fragment.
    if (identifier.includes('#')) findings.push({ path, message: 'must not have a fragment (RFC 8707 §2)' });
    return findings;
  });
}

function checkTrustedProxies({ trusted_proxies: proxies }: Config): Finding[] {
  return proxies.flatMap((range, index) => {
    const [address = '', prefix, ...rest] = range.split('/');
    const family = isIP(address);
    const most = family === 4 ? 32 : 128;
    const valid =
      family !== 0 &&
      rest.length === 0 &&
      (prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= most));
    return valid
      ? []
      : [{ path: ['trusted_proxies', index], message: 'must be an IP address or a CIDR range' }];
  });
}

function checkKeyRotation({ key_rotation: rotation, lifetimes, resources }: Config): Finding[] {
  const findings: Finding[] = [];
  const demand = (setting: keyof typeof rotation, holds: boolean, message: string) => {
    if (!holds) findings.push({ path: ['key_rotation', setting], message });
  };
  const { publish_before_use: published, poll, rotate_every: every, retire_after: kept } = rotation;
  demand('publish_before_use', published < every, 'must be shorter than key_rotation.rotate_every');
  // Else one node signs with a key that another one has not seen yet.
  demand('publish_before_use', published >= 2 * poll, 'must be twice key_rotation.poll at the least');
  // Else a key is gone before what it signed: a node may sign with it for one poll after it was replaced.
  const signed = resources.filter(({ format }) => format === 'jwt').map(({ lifetime }) => lifetime);
  const longest = Math.max(lifetimes.id_token, ...signed);
  demand(
    'retire_after',
    kept >= longest + 2 * poll,
    `must outlast every token: ${longest + 2 * poll} seconds at the least`,
  );
  return findings;
}
