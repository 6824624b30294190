import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { freePort } from '../../examples/support/free-port.js';
import { createApp, type App } from '../../src/app.js';
import { mailFolder } from '../../src/config/data-folder.js';
import { loadConfig } from '../../src/config/load.js';
import type { Config, ConfigFile } from '../../src/config/schema.js';
import type { Clock } from '../../src/lib/clock.js';
import { systemRandom } from '../../src/lib/random.js';
import { createLogger } from '../../src/observability/logger.js';
import type { Storage } from '../../src/storage/storage.js';
import { MovableClock } from './clock.js';
import { testClients, testResources } from './clients.js';
import { mailsInFolder, type Mailbox, type Mails } from './mailbox.js';
import { openSeededStorage } from './seeded-database.js';

export interface Holdfast {
  readonly issuer: string;
  readonly managementUrl: string;
  readonly app: App;
  readonly config: Config;
  readonly clock: MovableClock;
  readonly storage: Storage;
  /** Every line that the server logged. */
  readonly log: string[];
  readonly masterKey: Buffer;
  /** What it sent: to `options.mailbox`, else into its data folder. */
  readonly mails: Mails;
  close(): Promise<void>;
}

export interface HarnessOptions {
  /** A database of one's own; unset: the embedded one in memory that all servers of this process share. */
  readonly storage?: Storage;
  readonly masterKey?: Buffer;
  readonly clock?: MovableClock;
  /** The clock of a database of one's own, which `Holdfast.clock` does not move. */
  readonly time?: Clock;
  /** Holds the configuration from the start on; a change of it is taken by `app.reload`. */
  readonly configFile?: string;
  /** A real SMTP server for its mails. */
  readonly mailbox?: Mailbox;
  /** Everything takes the long way. */
  readonly withoutLanes?: boolean;
}

const sharedMasterKey = randomBytes(32);
const clock = new MovableClock();
let shared: Promise<Storage> | undefined;

/** The embedded database in memory; a PGlite costs half a gigabyte, so there is one per mocha process. */
export function sharedStorage(): Promise<Storage> {
  shared ??= openSeededStorage(clock);
  return shared;
}

// Left open, PGlite's own timer would keep the process for ten seconds after its last test.
after(async () => (await shared)?.close());

const folders: string[] = [];
after(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

/** A whole server on free ports of the loopback, with the test clients, by way of the real configuration. */
export async function startHoldfast(
  overrides: ConfigFile = {},
  options: HarnessOptions = {},
): Promise<Holdfast> {
  const [port, managementPort] = [await freePort(), await freePort()];
  const log: string[] = [];
  const folder = mkdtempSync(path.join(tmpdir(), 'holdfast-data-'));
  folders.push(folder);
  const settings: ConfigFile = {
    issuer: `http://localhost:${port}`,
    rp_id: 'localhost',
    host: '127.0.0.1',
    port,
    management_port: managementPort,
    environment: 'test',
    clients: testClients,
    resources: testResources,
    example_gateway: { enabled: false },
    dangerously_allow_test_login: true,
    log_level: 'debug',
    data_dir: folder,
    accounts: { email_at_sign_up: 'optional' },
    // All servers of a process share one database and one network.
    limits: { mails_per_hour_per_network: 100_000, code_tries_per_network: 100_000 },
    ...(options.mailbox ? { mail: options.mailbox.settings } : {}),
    ...overrides,
  };
  const { configFile } = options;
  if (configFile !== undefined) writeFileSync(configFile, JSON.stringify(settings));
  const config = configure(settings);
  const masterKey = options.masterKey ?? sharedMasterKey;
  const storage = options.storage ?? (await sharedStorage());
  const app = await createApp({
    config,
    masterKey,
    clock: options.time ?? options.clock ?? clock,
    random: systemRandom,
    logger: createLogger(config, { write: (line) => void log.push(line) }),
    storage,
    withoutLanes: options.withoutLanes ?? false,
    ...(configFile === undefined
      ? {}
      : { source: { file: configFile, load: () => loadConfig({ env: { HOLDFAST_CONFIG: configFile } }) } }),
  });
  await app.listen();
  return {
    issuer: config.issuer,
    managementUrl: `http://127.0.0.1:${config.management_port}`,
    app,
    config,
    clock: options.clock ?? clock,
    storage,
    log,
    masterKey,
    mails: options.mailbox ?? mailsInFolder(mailFolder(config)),
    close: () => app.close(),
  };
}

function configure(file: ConfigFile): Config {
  const loaded = loadConfig({ env: { HOLDFAST_CONFIG: 'test.yaml' }, readFile: () => JSON.stringify(file) });
  if (loaded.ok) return loaded.config;
  throw new Error(loaded.problems.map(({ setting, message }) => `${setting} ${message}`).join('\n'));
}
