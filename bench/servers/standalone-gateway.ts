/* `holdfast gateway` as it is run, in local mode, with a list of prices. */
import { readSettings } from '../../src/gateway/standalone/read-settings.js';
import type { GatewayWish } from '../../src/gateway/standalone/settings.js';
import { startStandaloneGateway } from '../../src/gateway/standalone/start.js';
import { systemClock as clock } from '../../src/lib/clock.js';
import { systemRandom as random } from '../../src/lib/random.js';
import { createLogger } from '../../src/observability/logger.js';

const wish = JSON.parse(process.argv[3] ?? '') as GatewayWish;
const secrets = { clientSecret: 'secret-of-the-bench', upstreamKey: 'key-of-the-bench' };
const read = readSettings({ ...wish, port: process.argv[2] ?? '', managementPort: '0' }, secrets);
if (!read.ok) throw new Error(read.problems.join('\n'));
const log = createLogger({ log_level: 'error' }, { write: (line) => void process.stderr.write(line) });
await startStandaloneGateway(read.settings, { log, clock, random, secrets, environment: {} });
process.send?.({ ready: {} });
process.on('disconnect', () => process.exit());
process.on('SIGTERM', () => process.exit());
