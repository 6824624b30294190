import { startConfiguredGateway } from '../examples/gateway/configured.js';
import type { ExampleGateway } from '../examples/gateway/start.js';
import { openHardwareModels } from './accounts/open-hardware-models.js';
import { pinRelyingPartyId } from './accounts/relying-party-pin.js';
import type { AdminPorts } from './admin/admin-ports.js';
import { startAdminSocket, type AdminSocket } from './admin/admin-socket.js';
import { accountParts } from './composition/account-parts.js';
import { adminPorts } from './composition/admin.js';
import { openExchange } from './composition/exchange.js';
import { openDemo, type TellStory } from './composition/demo.js';
import { openFeed, type Feed } from './composition/feed.js';
import { openKeys } from './composition/keys.js';
import { lanes } from './composition/lanes.js';
import { openLetters } from './composition/letters.js';
import { openNotices } from './composition/notices.js';
import { openCertificates, type LiveCertificates } from './composition/live-certificates.js';
import { observe, type Observed } from './composition/observed.js';
import type { AppOptions } from './composition/options.js';
import { providerPorts, watch } from './composition/provider-parts.js';
import { resourcePorts } from './composition/resource.js';
import { routes } from './composition/routes.js';
import { openPush } from './composition/push.js';
import { startTimers } from './composition/timers.js';
import { openTiers } from './composition/tiers.js';
import { openUpstream } from './composition/upstream.js';
import { openSessionBinding } from './composition/session-binding.js';
import { openWebhooks } from './composition/webhooks.js';
import { adminSocketFile, databaseFolder } from './config/data-folder.js';
import { createFront } from './http/front.js';
import { createOutboundFetch } from './http/outbound-fetch.js';
import { createRateLimiter } from './http/rate-limit.js';
import type { Mailer } from './mail/mailer.js';
import { checkReadiness, demandMigrated } from './observability/health.js';
import {
  startManagementServer,
  type ManagementOptions,
  type ManagementServer,
} from './observability/management-server.js';
import { createProvider } from './provider/create-provider.js';
import { declareClients } from './provider/declare-clients.js';
import { holdProvider } from './provider/provider-holder.js';
import { openStorage } from './storage/open.js';
import type { Storage } from './storage/storage.js';

export type { AppOptions };

export interface Addresses {
  readonly issuer: string;
  readonly port: number;
  readonly managementPort: number;
  /** Where the example gateway answers; undefined when the config has none. */
  readonly gateway: string | undefined;
  /** Where the demo is; undefined where it isn't served. */
  readonly demo: string | undefined;
  /** What people must trust where tls.local makes the certificate. */
  readonly authority: LiveCertificates['authority'];
}

export interface App {
  readonly storage: Storage;
  /** Starts to answer. Rejects with EADDRINUSE, and with what `createApp` could not know yet. */
  listen(): Promise<Addresses>;
  readonly mailer: Mailer;
  /** Looks for changed signing keys now rather than at the next poll. */
  refreshKeys(): Promise<void>;
  /** Reads the tiers of the configuration and the certificates now rather than when a file is seen to have changed. */
  reload(): void;
  /** Prometheus text, as on /metrics. */
  metrics(): Promise<string>;
  /** Takes nothing new, lets running requests end, writes what is kept in memory, closes everything. */
  close(): Promise<void>;
}

const drainPatience = 10_000;

/**
 * The composition root: makes every part once and joins ports to implementations.
 * Throws DatabaseUnavailable, DataFolderLocked, MigrationsPending, RelyingPartyChanged, KeystoreLocked,
 * AttestationMetadataUnusable, CertificatesUnusable.
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
  return openStorage({
    databaseUrl: config.database_url,
    dataFolder: databaseFolder(config),
    clock,
    approvalRetention: config.approvals.retention,
  });
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

async function assemble(storage: Storage, options: AppOptions): Promise<App> {
  const observed = observe(storage, options);
  const feed = openFeed(storage, options, observed);
  try {
    return await join(storage, options, { observed, feed });
  } catch (error) {
    // It listens already: left open, it would keep a process alive that could not start.
    await feed.close();
    throw error;
  }
}

interface Begun {
  readonly observed: Observed;
  readonly feed: Feed;
}

async function join(storage: Storage, given: AppOptions, { observed, feed }: Begun): Promise<App> {
  const liveTiers = openTiers(given, observed);
  const options = { ...given, tiers: liveTiers };
  const { config, logger } = options;
  const { metrics, refusalLog, observationLog } = observed;
  const hardwareModels = await openHardwareModels(config, options.clock);
  const outbound = createOutboundFetch(config.dangerously_allow_private_network_fetch);
  const { keystore, signingKeys } = await openKeys(storage, options, observed);
  const letters = openLetters(storage, options, observed);
  const limiter = createRateLimiter(config.limits, options.clock);
  const certificates = await openCertificates(options);
  const { tls, clientAuthorities, authority } = certificates;
  const exchange = openExchange(storage, options, observed, outbound);
  const binding = openSessionBinding(options);
  const provided = { ...outbound, clientAuthorities, exchange, sessionDevices: binding.devices };
  const ports = providerPorts(storage, options, observed, provided);
  const resource = resourcePorts(storage, options, observed, signingKeys, { limiter, feedHub: feed.hub });
  const webhooks = openWebhooks(storage, options, observed, { ...outbound, feed });
  const people = accountParts(storage, options, observed, { ...letters, hardwareModels });
  const upstream = openUpstream(storage, options, observed, { ...outbound, ...people });
  const push = openPush(storage, options, observed, { ...outbound, ...people });
  const notices = openNotices(storage, options, observed, { ...outbound, push, people });
  const demo = openDemo(storage, options, observed, { people, tell: tellDemo });
  const services = { resource, people, upstream, exchange, push, binding };
  const parts = { ...services, notices: notices.outbox, limiter, demo };
  const holder = holdProvider(signingKeys, (keys) => {
    const provider = createProvider(ports, keys, (made) => routes(made, storage, options, observed, parts));
    watch(provider, options, observed);
    return provider;
  });
  const lane = { keys: signingKeys, limiter, resource, provider: () => holder.provider };
  const edge = { ...options, ...observed, tls, limiter, handler: () => holder.handle };
  const front = createFront({ ...edge, lanes: lanes(storage, options, lane) });
  const state = { draining: false };
  const polls = [signingKeys.poll(config.key_rotation.poll), liveTiers.watch()];
  polls.push(certificates.watch((files) => front.renewTls(files)));
  const timers = startTimers(storage, polls, logger);
  const beside = besideServers(storage, options, {
    metrics,
    readiness: () =>
      checkReadiness(storage, { ...state, configRefused: liveTiers.refused, feed: feed.trusted }),
    admin: adminPorts(storage, options, observed, { keystore, signingKeys }),
  });

  return {
    storage,
    mailer: letters.mailer,
    refreshKeys: () => signingKeys.refresh(),
    reload: () => [liveTiers, certificates].forEach((each) => each.reload()),
    metrics: () => metrics.render(),
    async listen() {
      await feed.begun();
      const port = await front.listen(config.host, config.port);
      const begun = await beside.listen();
      return { issuer: config.issuer, port, demo: demo && `${config.issuer}/demo`, authority, ...begun };
    },
    async close() {
      state.draining = true;
      timers.stop();
      await demo?.close();
      await beside.closeCallers();
      // Its streams never end by themselves.
      await feed.close();
      await front.drain(drainPatience);
      await beside.closeManagement();
      await webhooks.close();
      // First, for the last of them may become mails.
      await notices.close();
      await letters.close();
      await refusalLog.close();
      await observationLog.close();
      await outbound.close();
      await metrics.close();
      if (!options.storage) await storage.close();
    },
  };
}

/** Loaded when somebody presses: a server that isn't for development never has it. */
const tellDemo: TellStory = async (servers) => (await import('../examples/demo/visit.js')).beginRun(servers);

interface BesideParts extends Pick<ManagementOptions, 'metrics' | 'readiness'> {
  readonly admin: AdminPorts;
}

/** What listens beside the front: management, the example gateway, and the socket of the command. */
function besideServers(storage: Storage, options: AppOptions, { admin, ...watched }: BesideParts) {
  const { config, logger } = options;
  let management: ManagementServer | undefined;
  let gateway: ExampleGateway | undefined;
  let adminSocket: AdminSocket | undefined;
  return {
    async listen() {
      const { host, management_port: port } = config;
      management = await startManagementServer({ host, port, logger, ...watched });
      gateway = await startConfiguredGateway(options);
      if (!options.storage && storage.kind === 'embedded') {
        adminSocket = await startAdminSocket(adminSocketFile(config), admin, logger);
      }
      return { managementPort: management.port, gateway: gateway?.url };
    },
    /** Those that ask the front; it is drained after them. */
    async closeCallers() {
      await adminSocket?.close();
      await gateway?.close();
    },
    /** Tells that the node drains until the very end. */
    async closeManagement() {
      await management?.close();
    },
  };
}
