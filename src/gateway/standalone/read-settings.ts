import { readAuthorization } from '../authz/settings.js';
import { unpassable } from './header-fields.js';
import {
  apiNames,
  type ApiName,
  type GatewaySecrets,
  type GatewaySettings,
  type GatewayWish,
  type KeyPlace,
  type ProviderSettings,
} from './settings.js';
import { upstreamAddress } from './upstream-address.js';

export type ReadSettings =
  | { readonly ok: true; readonly settings: GatewaySettings }
  | { readonly ok: false; readonly problems: readonly string[] };

const defaults = {
  host: '127.0.0.1',
  port: 6190,
  managementPort: 6192,
  keySeconds: 300,
  bodyLimit: 32 * 1_048_576,
  answerSeconds: 600,
  idleSeconds: 300,
  drainSeconds: 30,
  scope: 'model:call',
  listScope: 'model:read',
};

/** The settings, or everything that is wrong with them at once. */
export function readSettings(wish: GatewayWish, secrets: GatewaySecrets): ReadSettings {
  const problems: string[] = [];
  const numberOf = (text: string | undefined, fallback: number, option: string): number => {
    if (text === undefined) return fallback;
    if (/^\d{1,12}$/.test(text)) return Number(text);
    problems.push(`--${option} must be a whole number`);
    return fallback;
  };
  const needed = (value: string | undefined, option: string, variable: string): string => {
    if (value === undefined || value === '') problems.push(`--${option} (or ${variable}) is missing`);
    return value ?? '';
  };
  const issuer = needed(wish.issuer, 'issuer', 'HOLDFAST_ISSUER');
  const resource = needed(wish.resource, 'resource', 'HOLDFAST_RESOURCE');
  const clientId = needed(wish.clientId, 'client-id', 'HOLDFAST_CLIENT_ID');
  for (const [name, address] of Object.entries({ issuer, resource, 'public-url': wish.publicUrl ?? '' })) {
    if (address !== '' && !URL.canParse(address)) problems.push(`--${name} must be an address, as https://…`);
  }
  if ((secrets.clientSecret === undefined) === (wish.clientSecretFile === undefined)) {
    problems.push(
      'give the secret of the client in --client-secret-file or in HOLDFAST_CLIENT_SECRET, in one of them',
    );
  }
  const { mode = 'local' } = wish;
  if (mode !== 'local' && mode !== 'remote') problems.push('--mode must be local or remote');
  const host = wish.host ?? defaults.host;
  const settings: GatewaySettings = {
    issuer,
    resource,
    publicUrl: wish.publicUrl ?? (URL.canParse(resource) ? new URL(resource).origin : ''),
    clientId,
    clientSecretFile: wish.clientSecretFile,
    mode: mode === 'remote' ? 'remote' : 'local',
    listen: { host, port: numberOf(wish.port, defaults.port, 'port') },
    management: {
      host: wish.managementHost ?? host,
      port: numberOf(wish.managementPort, defaults.managementPort, 'management-port'),
    },
    drainMilliseconds: numberOf(wish.drain, defaults.drainSeconds, 'drain') * 1000,
    usageJournal: wish.usageJournal,
    dangerouslyAllowBearer: wish.dangerouslyAllowBearer === true,
    scopes: [...new Set([...scopesOf(wish).listScope, ...scopesOf(wish).scope])],
    authorization: readAuthorization(wish, secrets.authzSecret, problems),
    provider: readProvider(wish, secrets, { problems, numberOf }),
  };
  return problems.length === 0 ? { ok: true, settings } : { ok: false, problems };
}

interface Reader {
  readonly problems: string[];
  readonly numberOf: (text: string | undefined, fallback: number, option: string) => number;
}

function readProvider(
  wish: GatewayWish,
  secrets: GatewaySecrets,
  { problems, numberOf }: Reader,
): ProviderSettings | undefined {
  const { upstream } = wish;
  if (upstream === undefined) {
    if (wish.authz === undefined) {
      problems.push(
        '--upstream (or HOLDFAST_UPSTREAM) is missing: the address of the API that stands behind the gateway; or --authz',
      );
    }
    return undefined;
  }
  const key = readKeyPlace(wish, secrets, { problems, numberOf });
  try {
    upstreamAddress(upstream, { keyed: key.kind !== 'none' });
  } catch (error) {
    problems.push(`--upstream: ${error instanceof Error ? error.message : 'is no address'}`);
  }
  const api = wish.api ?? apiOf(upstream);
  if (!isApi(api)) problems.push(`--api must be one of ${apiNames.join(', ')}`);
  const moreFields = (wish.passField ?? []).map((name) => name.toLowerCase());
  for (const name of moreFields) {
    const why = unpassable(name);
    if (why !== undefined) problems.push(`--pass-field ${name}: ${why}`);
  }
  return {
    upstream,
    api: isApi(api) ? api : 'openai',
    key,
    pricesFile: wish.prices,
    ...scopesOf(wish),
    passed: (wish.pass ?? []).flatMap((text) => readPassed(text, problems)),
    moreFields,
    moreMembers: wish.passMember ?? [],
    longestBody: Math.max(1024, numberOf(wish.bodyLimit, defaults.bodyLimit, 'body-limit')),
    headersMilliseconds: numberOf(wish.answerTimeout, defaults.answerSeconds, 'answer-timeout') * 1000,
    idleMilliseconds: numberOf(wish.idleTimeout, defaults.idleSeconds, 'idle-timeout') * 1000,
  };
}

function readKeyPlace(
  { key, keyFile, keyCommand, keySeconds }: GatewayWish,
  { upstreamKey }: GatewaySecrets,
  { problems, numberOf }: Reader,
): KeyPlace {
  const places: KeyPlace[] = [
    ...(keyFile === undefined ? [] : [{ kind: 'file', file: keyFile } as const]),
    ...(keyCommand === undefined
      ? []
      : [
          {
            kind: 'command',
            command: keyCommand,
            seconds: numberOf(keySeconds, defaults.keySeconds, 'key-seconds'),
          } as const,
        ]),
    ...(upstreamKey === undefined ? [] : [{ kind: 'environment' } as const]),
    ...(key === false ? [{ kind: 'none' } as const] : []),
  ];
  const [place, ...more] = places;
  if (place === undefined || more.length > 0) {
    problems.push(
      'say where the key of the provider is, once: --key-file, --key-command, HOLDFAST_UPSTREAM_KEY, or --no-key',
    );
  }
  return place ?? { kind: 'environment' };
}

function readPassed(text: string, problems: string[]): ProviderSettings['passed'] {
  const [, method, path] = /^(GET|POST) (\/[\w./:-]*)$/.exec(text) ?? [];
  if ((method !== 'GET' && method !== 'POST') || path === undefined || /\/\/|\/\.{1,2}(\/|$)/.test(path)) {
    problems.push(`--pass must be a method and a path, as "POST /v1/moderations"`);
    return [];
  }
  return [{ method, path }];
}

function apiOf(upstream: string): ApiName {
  const host = URL.canParse(upstream) ? new URL(upstream).hostname : '';
  if (host === 'api.anthropic.com') return 'anthropic';
  return host === 'generativelanguage.googleapis.com' && !upstream.includes('/openai') ? 'gemini' : 'openai';
}

function isApi(name: string): name is ApiName {
  return apiNames.some((known) => known === name);
}

function scopesOf({ scope, listScope }: GatewayWish): Pick<ProviderSettings, 'scope' | 'listScope'> {
  return { scope: words(scope ?? defaults.scope), listScope: words(listScope ?? defaults.listScope) };
}

function words(text: string): string[] {
  return text.split(/[\s,]+/).filter(Boolean);
}
