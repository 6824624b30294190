import { readFile } from 'node:fs/promises';
import type { Clock } from '../../lib/clock.js';
import type { Random } from '../../lib/random.js';
import { resourceMetadataUrl } from '../../lib/resource-metadata-url.js';
import { authorizationRoutes } from './authorization-route.js';
import { corsHeaders } from '../cors.js';
import { createGuard } from '../guard.js';
import type { Guard } from '../guard.js';
import { sendAnswer } from '../node-exchange.js';
import { resourceMetadata } from '../resource-metadata.js';
import { anthropicStyle } from './anthropic-style.js';
import type { ApiStyle } from './api-style.js';
import { createBodyDesk } from './body-desk.js';
import type { GatewayLog } from './gateway-log.js';
import { geminiStyle } from './gemini-style.js';
import { openAiStyle } from './openai-style.js';
import { preflightOf } from './preflight.js';
import { readPrices } from './prices.js';
import { fixedKey, keyOfCommand, keyOfFile, type ProviderKey } from './provider-key.js';
import { providerRoutes } from './provider-routes.js';
import { startGatewayServer, type GatewayServer, type Route } from './server.js';
import { usable } from './setting-unusable.js';
import type { GatewaySecrets, GatewaySettings, ProviderSettings } from './settings.js';
import { upstreamAddress } from './upstream-address.js';
import { connectUpstream, type Upstream } from './upstream.js';

export interface StandaloneGateway extends GatewayServer {
  readonly guard: Guard;
}

export interface GatewayParts {
  readonly log: GatewayLog;
  readonly clock: Clock;
  readonly random: Random;
  readonly secrets: GatewaySecrets;
  /** What a key command sees: no secret of the gateway's. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

const connections = 256;

/** Starts it. Rejects with a `SettingUnusable`, or with the error of `listen` when a port is taken. */
export async function startStandaloneGateway(
  settings: GatewaySettings,
  parts: GatewayParts,
): Promise<StandaloneGateway> {
  const { log, clock, random, secrets } = parts;
  const { provider, clientSecretFile, usageJournal, management } = settings;
  const clientSecret =
    clientSecretFile === undefined
      ? (secrets.clientSecret ?? '')
      : (await usable('--client-secret-file', readFile(clientSecretFile, 'utf8'))).trim();
  const behind = provider && (await openProvider(provider, parts));
  const guard = createGuard({
    ...settings,
    clientSecret,
    clock,
    random,
    onNotice: (notice) =>
      notice.kind === 'feed_heard'
        ? log.info({ notice }, 'the revocation feed is heard')
        : log.warn({ notice }, 'the guard'),
    ...(usageJournal !== undefined && { usage: { journal: usageJournal } }),
  });
  const close = async (): Promise<void> => {
    await guard.close();
    await behind?.upstream.close();
  };
  try {
    const routes = [
      ...(await authorizationRoutes(settings, parts, guard)),
      ...(provider && behind ? [providerRoute(provider, behind, { guard, log })] : []),
      metadataRoute(settings),
    ];
    const { listen, drainMilliseconds } = settings;
    const server = await startGatewayServer({ listen, management, routes, log, random, drainMilliseconds });
    return {
      ...server,
      guard,
      close: async () => {
        await server.close();
        await close();
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

interface Behind {
  readonly style: ApiStyle;
  readonly upstream: Upstream;
  readonly prices: ReturnType<typeof readPrices> | undefined;
}

async function openProvider(provider: ProviderSettings, parts: GatewayParts): Promise<Behind> {
  const { pricesFile, headersMilliseconds, idleMilliseconds } = provider;
  const address = upstreamAddress(provider.upstream, { keyed: provider.key.kind !== 'none' });
  const style = styleOf(provider);
  const [key, prices] = await Promise.all([
    openKey(provider, parts),
    pricesFile === undefined
      ? undefined
      : usable(
          '--prices',
          readFile(pricesFile, 'utf8').then((text) => readPrices(text)),
        ),
  ]);
  const { credentials } = style;
  const limits = { headersMilliseconds, idleMilliseconds, connections };
  return { style, prices, upstream: connectUpstream({ address, key, credentials, ...limits }) };
}

function styleOf({ api, upstream }: ProviderSettings): ApiStyle {
  if (api === 'anthropic') return anthropicStyle;
  if (api === 'gemini') return geminiStyle;
  const own = new URL(upstream).hostname === 'api.openai.com';
  return openAiStyle({ limitMember: own ? 'max_completion_tokens' : 'max_tokens' });
}

function openKey(
  { key }: ProviderSettings,
  { clock, log, secrets, environment }: GatewayParts,
): Promise<ProviderKey> {
  const onTrouble = (why: string): void =>
    log.warn({ why }, 'the key of the provider could not be read anew');
  switch (key.kind) {
    case 'none':
      return Promise.resolve(fixedKey(undefined));
    case 'environment':
      return usable('HOLDFAST_UPSTREAM_KEY', async () => fixedKey(secrets.upstreamKey ?? ''));
    case 'file':
      return usable('--key-file', keyOfFile(key.file, { clock, onTrouble }));
    case 'command':
      return usable('--key-command', keyOfCommand(key.command, { ...key, clock, onTrouble, environment }));
  }
}

function providerRoute(
  provider: ProviderSettings,
  { style, upstream, prices }: Behind,
  { guard, log }: { readonly guard: Guard; readonly log: GatewayLog },
): Route {
  const { scope, listScope, passed, moreFields, moreMembers, longestBody } = provider;
  for (const { method, path } of passed) {
    log.warn({ method, path }, 'passed through: no tier is asked for it, and nothing is counted');
  }
  return providerRoutes({
    guard,
    style,
    upstream,
    prices,
    log,
    scope,
    listScope,
    passed,
    moreFields,
    moreMembers: new Set(moreMembers),
    bodies: createBodyDesk(longestBody),
  });
}

/** RFC 9728 §3: where clients learn who issues tokens for this resource. */
function metadataRoute({ issuer, resource, scopes: scope }: GatewaySettings): Route {
  const { pathname } = new URL(resourceMetadataUrl(resource));
  const body = JSON.stringify(resourceMetadata({ issuer, resource, scope }));
  const headers = { ...corsHeaders, 'content-type': 'application/json', 'cache-control': 'no-store' };
  return {
    matches: (path) => path === pathname,
    serve: (request, response) =>
      sendAnswer(
        response,
        request.method === 'OPTIONS' ? preflightOf(request) : { status: 200, headers, body },
      ),
  };
}
