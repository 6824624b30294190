import { freePort } from '../support/free-port.js';
import { createApp } from '../../src/app.js';
import { systemClock } from '../../src/lib/clock.js';
import { systemRandom } from '../../src/lib/random.js';
import { createLogger } from '../../src/observability/logger.js';
import { openStorage } from '../../src/storage/open.js';
import type { Meter } from '../gateway/meter.js';
import type { Servers } from './cast.js';
import { configure } from './configured.js';
import { startExampleGateway } from '../gateway/start.js';

/** Provider and gateway, running. */
export interface Stage extends Servers {
  /** What the gateway has spent on models. */
  readonly meter: Meter;
  close(): Promise<void>;
}

const clock = systemClock;
const random = systemRandom;

/** Another reading of the shipped configuration: its text, changed. */
export type Rewrite = (yaml: string) => string;

/** Starts both on free ports, with the shipped configuration and a database that lives in memory. */
export async function buildStage(rewrite: Rewrite = (yaml) => yaml): Promise<Stage> {
  const [port, gatewayPort] = await Promise.all([freePort(), freePort()]);
  const env = { PORT: String(port), HOLDFAST_EXAMPLE_GATEWAY_PORT: String(gatewayPort) };
  const config = configure(env, { rewrite });
  const logger = createLogger(config);
  const storage = await openStorage({ databaseUrl: undefined, dataFolder: undefined, clock });
  const app = await createApp({ config, masterKey: random.bytes(32), clock, random, logger, storage });
  const { issuer } = await app.listen();

  const [resource] = config.resources;
  const secret = config.clients.find(({ client_id }) => client_id === 'example-gateway')?.['client_secret'];
  if (!resource || typeof secret !== 'string') throw new Error('config/holdfast.yaml has no example gateway');
  const gateway = await startExampleGateway({
    port: gatewayPort,
    host: config.host,
    issuer,
    resource: resource.identifier,
    clientId: 'example-gateway',
    clientSecret: secret,
    logger,
    clock,
    random,
  });
  return {
    issuer,
    gateway: new URL(gateway.url),
    resource: resource.identifier,
    meter: gateway.meter,
    close: async () => {
      await gateway.close();
      await app.close();
      await storage.close();
    },
  };
}
