import type { DataSource } from 'typeorm';
import type { Clock } from '../lib/clock.js';
import { AccessTokenRows } from './access-token-rows.js';
import { AccountEventRows } from './account-event-rows.js';
import { AccountImportRows } from './account-import-rows.js';
import { AccountRows } from './account-rows.js';
import { ApprovalRows } from './approval-rows.js';
import { ArtifactRows } from './artifact-rows.js';
import { AttemptRows } from './attempt-rows.js';
import { BackchannelGateRows } from './backchannel-gate-rows.js';
import { BackchannelRequestRows } from './backchannel-request-rows.js';
import { ChallengeRows } from './challenge-rows.js';
import { BoundSessionRows } from './bound-session-rows.js';
import { ClientRows } from './client-rows.js';
import type { AskText, ConnectionPool, Listen } from './connection.js';
import { createDataSource } from './data-source.js';
import { Database } from './database.js';
import { DeviceRows } from './device-rows.js';
import { DraftRows } from './draft-rows.js';
import { EpochRows } from './epoch-rows.js';
import { createCallRows } from './call-rows.js';
import { ExchangeRows } from './exchange-rows.js';
import { asStorageError } from './failure.js';
import { GrantRows } from './grant-rows.js';
import { MailCodeRows } from './mail-code-rows.js';
import { createIntrospectionRows } from './introspection-rows.js';
import { KnownBrowserRows } from './known-browser-rows.js';
import { LegacyCredentialRows } from './legacy-credential-rows.js';
import { TierDeviceRows } from './tier-device-rows.js';
import { ObservationRows } from './observation-rows.js';
import { OutboxRows } from './outbox-rows.js';
import { PasskeyRows } from './passkey-rows.js';
import { PushSubscriptionRows } from './push-subscription-rows.js';
import { Partitions } from './partitions.js';
import { openPGlitePool } from './pglite-open.js';
import { listenOnPostgres, openPostgresPool, openSchemaPool } from './postgres-pool.js';
import { RecoveryCodeRows } from './recovery-code-rows.js';
import { RecoveryRows } from './recovery-rows.js';
import { RefreshTokenRows } from './refresh-token-rows.js';
import { RefusalRows } from './refusal-rows.js';
import { ReplayRows } from './replay-rows.js';
import { migrate, pendingMigrations } from './schema.js';
import { RevokedKeyRows } from './revoked-key-rows.js';
import { RevocationLogRows } from './revocation-log-rows.js';
import { SessionRows } from './session-rows.js';
import { SettingRows } from './setting-rows.js';
import { SigningKeyRows } from './signing-key-rows.js';
import type { Storage, StorageOptions } from './storage.js';
import { sweep } from './sweep.js';
import { textQueries } from './text-query.js';
import { TokenLaneRows } from './token-lane-rows.js';
import { UpstreamIdentityRows } from './upstream-identity-rows.js';
import { WebhookRows } from './webhook-rows.js';
import { UpstreamLoginRows } from './upstream-login-rows.js';
import { UsageRows } from './usage-rows.js';

const defaultPoolSize = 10;

/** Connections to one database. */
export interface Pools {
  readonly main: ConnectionPool;
  /** A cheaper way to ask the main pool for texts, where there is one. */
  readonly askText?: AskText;
  /** Connections beside the main pool; the embedded database has only one. */
  readonly schema: ConnectionPool | undefined;
  readonly listen: Listen;
}

/**
 * Opens the database: PostgreSQL when there is a URL, otherwise the embedded one. Does not migrate.
 * Throws DatabaseUnavailable, and DataFolderLocked when another process has the folder.
 */
export async function openStorage(options: StorageOptions): Promise<Storage> {
  return storageOver(await openPools(options), options.clock, options.approvalRetention);
}

/** Every port over `pools`, which end with it. */
export async function storageOver(pools: Pools, clock: Clock, approvalRetention?: number): Promise<Storage> {
  const dataSource = createDataSource(pools.main);
  try {
    await dataSource.initialize();
  } catch (error) {
    await endAll(pools);
    throw asStorageError(error);
  }
  return createStorage(pools, dataSource, clock, approvalRetention);
}

export async function openPools(options: StorageOptions): Promise<Pools> {
  const url = options.databaseUrl;
  if (url === undefined) {
    const main = await openPGlitePool(options.dataFolder);
    return { main, schema: undefined, listen: main.listen };
  }
  const main = await openPostgresPool(url, options.poolSize ?? defaultPoolSize);
  return {
    main,
    askText: textQueries(main),
    schema: await openSchemaPool(url),
    listen: listenOnPostgres(url),
  };
}

function createStorage(
  pools: Pools,
  dataSource: DataSource,
  clock: Clock,
  approvalRetention: number | undefined,
): Storage {
  const database = new Database(pools.main, dataSource, pools.askText);
  const partitions = new Partitions(database, pools.schema, clock);
  return {
    kind: pools.schema ? 'postgres' : 'embedded',
    transaction: database,
    accounts: new AccountRows(database),
    accountImports: new AccountImportRows(database),
    accountEvents: new AccountEventRows(database),
    passkeys: new PasskeyRows(database),
    challenges: new ChallengeRows(database, partitions),
    upstreamIdentities: new UpstreamIdentityRows(database),
    upstreamLogins: new UpstreamLoginRows(database, partitions),
    mailCodes: new MailCodeRows(database),
    drafts: new DraftRows(database),
    recoveryCodes: new RecoveryCodeRows(database),
    recoveries: new RecoveryRows(database),
    replays: new ReplayRows(database, partitions, clock),
    settings: new SettingRows(database),
    attempts: new AttemptRows(database),
    knownBrowsers: new KnownBrowserRows(database),
    pushSubscriptions: new PushSubscriptionRows(database),
    outbox: new OutboxRows(database, 'mail'),
    noticeOutbox: new OutboxRows(database, 'notice'),
    backchannelRequests: new BackchannelRequestRows(database),
    backchannelGates: new BackchannelGateRows(database),
    refusals: new RefusalRows(database, partitions),
    accessTokens: new AccessTokenRows(database, partitions),
    introspections: (options) => createIntrospectionRows(database, options),
    calls: (options) => createCallRows(database, partitions, options),
    refreshTokens: new RefreshTokenRows(database),
    tokenLane: new TokenLaneRows(database, partitions),
    artifacts: new ArtifactRows(database, partitions, clock),
    grants: new GrantRows(database),
    exchanges: new ExchangeRows(database),
    sessions: new SessionRows(database),
    boundSessions: new BoundSessionRows(database),
    clients: new ClientRows(database),
    signingKeys: new SigningKeyRows(database),
    approvals: new ApprovalRows(database),
    usage: new UsageRows(database),
    observations: new ObservationRows(database),
    tierDevices: new TierDeviceRows(database),
    legacyCredentials: new LegacyCredentialRows(database),
    devices: new DeviceRows(database),
    revokedKeys: new RevokedKeyRows(database),
    epochs: new EpochRows(database),
    webhooks: new WebhookRows(database),
    revocationLog: new RevocationLogRows(database, pools.listen),
    poolState: () => ({
      open: pools.main.totalCount,
      idle: pools.main.idleCount,
      waiting: pools.main.waitingCount,
    }),
    ping: (timeoutMs) => ping(pools.main, timeoutMs),
    pendingMigrations: () => pendingMigrations(dataSource),
    migrate: () => migrate(dataSource, pools.schema),
    async maintain() {
      await partitions.maintain();
      await sweep(database, clock, approvalRetention);
    },
    async close() {
      if (dataSource.isInitialized) await dataSource.destroy();
      await pools.schema?.end();
    },
  };
}

async function ping(pool: ConnectionPool, timeoutMs: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), timeoutMs);
  });
  const answered = pool.query({ text: 'SELECT 1' }).then(
    () => true,
    () => false,
  );
  try {
    return await Promise.race([answered, late]);
  } finally {
    clearTimeout(timer);
  }
}

async function endAll(pools: Pools): Promise<void> {
  await Promise.allSettled([pools.main.end(), pools.schema?.end()]);
}
