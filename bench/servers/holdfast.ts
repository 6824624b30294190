/* Our server, as `npm start` composes it, with limits out of the way of the load generator. */
import { randomBytes } from 'node:crypto';
import { createApp } from '../../src/app.js';
import { loadConfig } from '../../src/config/load.js';
import type { ConfigFile } from '../../src/config/schema.js';
import { systemClock as clock } from '../../src/lib/clock.js';
import { systemRandom as random } from '../../src/lib/random.js';
import { createLogger } from '../../src/observability/logger.js';
import { openStorage } from '../../src/storage/open.js';

export interface HoldfastWish {
  readonly databaseUrl: string;
  readonly clients: NonNullable<ConfigFile['clients']>;
  readonly resources: NonNullable<ConfigFile['resources']>;
  /** `introspection.kept_answers`; unset: as shipped. */
  readonly keptAnswers?: number;
}

const port = Number(process.argv[2]);
const wish = JSON.parse(process.argv[3] ?? '') as HoldfastWish;
const noLimit = 1_000_000_000;

const settings: ConfigFile = {
  port,
  management_port: 0,
  environment: 'test',
  database_url: wish.databaseUrl,
  secret_key: randomBytes(32).toString('base64url'),
  clients: wish.clients,
  resources: wish.resources,
  example_gateway: { enabled: false },
  ...(wish.keptAnswers === undefined ? {} : { introspection: { kept_answers: wish.keptAnswers } }),
  limits: {
    requests_per_minute_per_address: noLimit,
    interactions_per_minute_per_address: noLimit,
    introspections_per_minute_per_client: noLimit,
  },
  dangerously_allow_test_login: true,
  log_level: 'error',
};
const loaded = loadConfig({
  env: { HOLDFAST_CONFIG: 'bench.yaml' },
  readFile: () => JSON.stringify(settings),
});
if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
const { config } = loaded;

const storage = await openStorage({ databaseUrl: config.database_url, dataFolder: undefined, clock });
await storage.migrate();
const masterKey = Buffer.from(config.secret_key ?? '', 'base64url');
const logger = createLogger(config, { write: (line) => void process.stderr.write(line) });
const app = await createApp({ config, masterKey, clock, random, logger, storage });
await app.listen();
process.send?.({ ready: {} });
process.on('disconnect', () => process.exit());
process.on('SIGTERM', () => process.exit());
