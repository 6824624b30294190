import type { IncomingMessage } from 'node:http';
import { startConfiguredGateway } from '../examples/gateway/configured.js';
import type { ExampleGateway } from '../examples/gateway/start.js';
import { ChallengeService } from './accounts/challenge-service.js';
import { pinRelyingPartyId } from './accounts/relying-party-pin.js';
import { relyingPartyOf } from './accounts/relying-party.js';
import { SignInService } from './accounts/sign-in-service.js';
import { SignUpService } from './accounts/sign-up-service.js';
import { TestLoginService } from './accounts/test-login-service.js';
import { startAdminSocket, type AdminSocket } from './admin/admin-socket.js';
import type { AdminPorts } from './admin/admin-ports.js';
import { adminSocketFile, databaseFolder } from './config/data-folder.js';
import type { Config } from './config/schema.js';
import { createFront } from './http/front.js';
import { createOutboundFetch } from './http/outbound-fetch.js';
import { createRateLimiter } from './http/rate-limit.js';
import { createRefusalAnswers } from './http/refusal-answer.js';
import { refusalsMiddleware } from './http/refusals.js';
import { requestContext } from './http/request-context.js';
import type { Clock } from './lib/clock.js';
import { deriveKey } from './lib/hashing.js';
import { isLoopbackHost } from './lib/hosts.js';
import type { Random } from './lib/random.js';
import { createSecurityEvents } from './observability/events.js';
import { checkReadiness, demandMigrated } from './observability/health.js';
import type { Logger } from './observability/logger.js';
import { startManagementServer, type ManagementServer } from './observability/management-server.js';
import { createMetrics } from './observability/metrics.js';
import { createRefusalLog } from './observability/refusal-log.js';
import { createAdapterFactory } from './provider/adapter.js';
import { createProvider, type ProviderPorts } from './provider/create-provider.js';
import { finishingBrowser } from './provider/finishing-browser.js';
import { handOverRoutes } from './provider/hand-over-routes.js';
import { homeRoutes } from './provider/home-routes.js';
import { interactionRoutes } from './provider/interaction-routes.js';
import { declareClients } from './provider/declare-clients.js';
import { createKeystore } from './provider/keystore.js';
import { logoutSource } from './provider/logout-page.js';
import { refusalOfError } from './provider/provider-error.js';
import { holdProvider } from './provider/provider-holder.js';
import type { Provider } from './provider/provider-route.js';
import { renderRefusal, showRefusal } from './provider/refusal-page.js';
import { watchRefusals } from './provider/refusal-watch.js';
import { createResources } from './provider/resources.js';
import { postedRequestRoutes } from './provider/posted-request-routes.js';
import { openSigningKeys } from './provider/signing-keys.js';
import { jwksCaching } from './provider/signing-keys-routes.js';
import { postLogoutSuccessSource } from './provider/signed-out-page.js';
import { userinfoGuard } from './provider/userinfo-routes.js';
import { resourceRoutes, type ResourcePorts } from './resource/resource-routes.js';
import { openStorage } from './storage/open.js';
import type { Storage } from './storage/storage.js';
import { assetsRoutes } from './web/assets-routes.js';
import { loadAssets } from './web/assets.js';
import { siteOf } from './web/site.js';

export interface AppOptions {
  readonly config: Config;
  /** 32 bytes; see config/master-key.ts. */
  readonly masterKey: Uint8Array;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** An open database that the caller closes; unset: the config's, which the app opens and closes. */
  readonly storage?: Storage;
}

export interface Addresses {
  readonly issuer: string;
  readonly port: number;
  readonly managementPort: number;
  /** Where the example gateway answers; undefined when the config has none. */
  readonly gateway: string | undefined;
}

export interface App {
  readonly storage: Storage;
  /** Starts to answer. Rejects with EADDRINUSE, and with what `createApp` could not know yet. */
  listen(): Promise<Addresses>;
  /** Looks for changed signing keys now rather than at the next poll. */
  refreshKeys(): Promise<void>;
  /** Prometheus text, as on /metrics. */
  metrics(): Promise<string>;
  /** Takes nothing new, lets running requests end, writes what is kept in memory, closes everything. */
  close(): Promise<void>;
}

const drainPatience = 10_000;
const maintenanceEvery = 5 * 60_000;

/**
 * The composition root: makes every part once and joins ports to implementations.
 * Throws DatabaseUnavailable, DataFolderLocked, MigrationsPending, RelyingPartyChanged, KeystoreLocked.
 */
export async function createApp(options: AppOptions): Promise<App> {
  const { config, logger } = options;
  const storage = options.storage ?? (await openConfigured(options));
  try {
    await prepare(storage, options);
    return await assemble(storage, options);
  } catch (error) {
    if (!options.storage) await storage.close();
    logger.debug({ err: error, issuer: config.issuer }, 'the server could not be made');
    throw error;
  }
}

function openConfigured({ config, clock }: AppOptions): Promise<Storage> {
  return openStorage({ databaseUrl: config.database_url, dataFolder: databaseFolder(config), clock });
}

/** What must be so before the first request. */
async function prepare(storage: Storage, { config, clock }: AppOptions): Promise<void> {
  // The embedded database belongs to this process alone; a shared one is migrated by its operator.
  if (storage.kind === 'embedded') await storage.migrate();
  await demandMigrated(storage);
  await storage.maintain();
  await pinRelyingPartyId(storage.settings, config.rp_id);
  await declareClients(storage.clients, config, clock);
}

type Observed = ReturnType<typeof observe>;

function observe(storage: Storage, { config, clock, logger }: AppOptions) {
  const metrics = createMetrics();
  metrics.observePool(() => storage.poolState());
  const events = createSecurityEvents(logger, metrics);
  const refusalLog = createRefusalLog({ store: storage.refusals, logger, metrics, clock });
  const site = siteOf(config, loadAssets());
  const answer = createRefusalAnswers(config, renderRefusal({ site, clock }));
  return { metrics, events, refusalLog, site, answer };
}

async function openKeys(
  storage: Storage,
  { config, masterKey, clock, logger }: AppOptions,
  { events }: Observed,
) {
  const keystore = createKeystore({
    store: storage.signingKeys,
    masterKey,
    clock,
    settings: () => config.key_rotation,
  });
  const signingKeys = await openSigningKeys({
    keystore,
    onError: (error) => logger.error({ err: error }, 'the signing keys could not be read'),
  });
  signingKeys.onChange(({ signing }) => {
    events.keysRotated({ kids: signing.map((key) => key.kid ?? '') });
  });
  return { keystore, signingKeys };
}

async function assemble(storage: Storage, options: AppOptions): Promise<App> {
  const { config, clock, logger } = options;
  const observed = observe(storage, options);
  const { metrics, refusalLog } = observed;
  const outbound = createOutboundFetch(config.dangerously_allow_private_network_fetch);
  const { keystore, signingKeys } = await openKeys(storage, options, observed);
  const limiter = createRateLimiter(config.limits);
  const ports = providerPorts(storage, options, observed, outbound.fetch);
  const resource: ResourcePorts = {
    ...storage,
    config,
    clock,
    keys: signingKeys,
    events: observed.events,
    takeIntrospection: (clientId) => limiter.take('introspections', clientId),
  };
  const holder = holdProvider(signingKeys, (keys) => {
    const provider = createProvider(ports, keys, (made) =>
      routes(made, storage, options, observed, resource),
    );
    watch(provider, options, observed);
    return provider;
  });
  const front = createFront({ ...options, ...observed, limiter, handler: () => holder.handle });
  const state = { draining: false };
  const timers = startTimers(storage, signingKeys.poll(config.key_rotation.poll), logger);
  let management: ManagementServer | undefined;
  let gateway: ExampleGateway | undefined;
  let adminSocket: AdminSocket | undefined;
  const admin: AdminPorts = {
    ...options,
    stores: storage,
    keystore,
    events: observed.events,
    keysChanged: () => signingKeys.refresh(),
    flushRefusals: () => refusalLog.flush(),
  };

  return {
    storage,
    refreshKeys: () => signingKeys.refresh(),
    metrics: () => metrics.render(),
    async listen() {
      const port = await front.listen(config.host, config.port);
      management = await startManagementServer({
        host: config.host,
        port: config.management_port,
        metrics,
        readiness: () => checkReadiness(storage, state.draining),
        logger,
      });
      gateway = await startConfiguredGateway(options);
      if (!options.storage && storage.kind === 'embedded') {
        adminSocket = await startAdminSocket(adminSocketFile(config), admin, logger);
      }
      return { issuer: config.issuer, port, managementPort: management.port, gateway: gateway?.url };
    },
    async close() {
      state.draining = true;
      timers.stop();
      await adminSocket?.close();
      await gateway?.close();
      await front.drain(drainPatience);
      await management?.close();
      await refusalLog.close();
      await outbound.close();
      await metrics.close();
      if (!options.storage) await storage.close();
    },
  };
}

/** Ours, which run before the provider's own. */
function routes(
  provider: Provider,
  storage: Storage,
  options: AppOptions,
  observed: Observed,
  resource: ResourcePorts,
) {
  return [
    refusalsMiddleware({ ...observed, logger: options.logger }),
    assetsRoutes(observed.site.assets),
    jwksCaching(provider, () => options.config.key_rotation),
    homeRoutes(observed.site),
    handOverRoutes(observed.site),
    postedRequestRoutes(provider),
    finishingBrowser(provider, interactionKey(options)),
    interactionRoutes(interactionPorts(provider, storage, options, observed)),
    userinfoGuard(provider, { ...storage, ...observed, clock: options.clock }),
    ...resourceRoutes(provider, resource),
  ];
}

function providerPorts(
  storage: Storage,
  { config, masterKey, clock, random }: AppOptions,
  { site, events }: Observed,
  fetch: typeof globalThis.fetch,
): ProviderPorts {
  const pages = { site, clock, requestId: idOf };
  return {
    config,
    masterKey,
    clock,
    random,
    events,
    fetch,
    stores: storage,
    accounts: storage.accounts,
    replays: storage.replays,
    transaction: storage.transaction,
    resources: createResources(config.resources),
    adapter: createAdapterFactory(storage, clock, deriveKey(masterKey, 'interaction')),
    renderError: (ctx, _out, error) => showRefusal(pages, ctx, refusalOfError(error)),
    logoutSource: logoutSource(site),
    postLogoutSuccessSource: postLogoutSuccessSource(site),
  };
}

function interactionPorts(
  provider: Provider,
  storage: Storage,
  { config, masterKey, clock, random }: AppOptions,
  observed: Observed,
) {
  const { events, site } = observed;
  const { accounts, passkeys, transaction } = storage;
  const challenges = new ChallengeService({ challenges: storage.challenges, random, clock });
  const ceremony = { relyingParty: relyingPartyOf(config), challenges, accounts, passkeys, events, clock };
  return {
    provider,
    config,
    site,
    events,
    signIn: new SignInService(ceremony),
    signUp: new SignUpService({ ...ceremony, transaction, random }),
    testLogin: new TestLoginService({
      allowed: config.dangerously_allow_test_login,
      accounts,
      clock,
      random,
    }),
    interactionKey: interactionKey({ masterKey }),
  };
}

function interactionKey({ masterKey }: Pick<AppOptions, 'masterKey'>): Uint8Array {
  return deriveKey(masterKey, 'interaction form');
}

function watch(provider: Provider, { config, logger }: AppOptions, { events, refusalLog }: Observed): void {
  watchRefusals(provider, {
    events,
    explain: isLoopbackHost(new URL(config.issuer).hostname),
    requestId: idOf,
    note: (ctx, refusal, error) => {
      const { method, path } = ctx;
      const requestId = idOf(ctx);
      if (refusal.code === 'server_error') {
        logger.error({ err: error, request_id: requestId, path }, 'unexpected error');
      }
      refusalLog.note(refusal, { requestId, method, path, clientId: ctx.oidc.client?.clientId });
    },
  });
}

function idOf(ctx: { readonly req: IncomingMessage }): string {
  return requestContext(ctx.req).requestId;
}

function startTimers(storage: Storage, stopPolling: () => void, logger: Logger): { stop(): void } {
  const maintenance = setInterval(() => {
    storage.maintain().catch((error: unknown) => logger.error({ err: error }, 'maintenance failed'));
  }, maintenanceEvery);
  maintenance.unref();
  return {
    stop: () => {
      clearInterval(maintenance);
      stopPolling();
    },
  };
}
