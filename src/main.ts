import { explainStartFailure } from './admin/start-failure.js';
import { createApp, type Addresses, type App } from './app.js';
import { howToTrust } from './composition/trust-words.js';
import { loadConfig, type LoadedConfig } from './config/load.js';
import { loadMasterKey } from './config/master-key.js';
import { describeProblem } from './config/problem.js';
import type { Config } from './config/schema.js';
import { systemClock } from './lib/clock.js';
import { systemRandom } from './lib/random.js';
import { createLogger, type Logger } from './observability/logger.js';

/* The process: loads the configuration, starts, and drains on SIGTERM and SIGINT. */

type Loaded = Extract<LoadedConfig, { ok: true }>;

// As `holdfast serve --tls` and `npm start -- --tls` have it.
const load = () => loadConfig({ localTls: process.argv.slice(2).includes('--tls') });
const loaded = load();
if (loaded.ok) {
  const logger = createLogger(loaded.config);
  for (const warning of loaded.warnings) logger.warn(describeProblem(warning));
  await start(loaded, logger);
} else {
  console.error(`Holdfast does not start with this configuration:\n`);
  for (const problem of loaded.problems) console.error(`  ${describeProblem(problem)}`);
  process.exitCode = 2;
}

async function start({ config, file }: Loaded, logger: Logger): Promise<void> {
  try {
    const masterKey = await loadMasterKey(config, systemRandom);
    const app = await createApp({
      config,
      masterKey,
      clock: systemClock,
      random: systemRandom,
      logger,
      source: { file, load },
    });
    try {
      const addresses = await app.listen();
      obeySignals(app, logger);
      const { authority } = addresses;
      if (authority?.made === true) console.log(`${howToTrust(authority.file)}\n`);
      console.log(whereToLook(config, addresses));
    } catch (error) {
      await app.close();
      throw error;
    }
  } catch (error) {
    const explanation = explainStartFailure(error, config);
    if (explanation === undefined) logger.error({ err: error }, 'the server did not start');
    else console.error(explanation);
    process.exitCode = 1;
  }
}

function obeySignals(app: App, logger: Logger): void {
  let closing: Promise<void> | undefined;
  const drain = (signal: string) => {
    // Ctrl-C arrives twice: from the terminal, and from npm, which passes it on.
    if (closing) return;
    logger.info({ signal }, 'draining');
    closing = app.close().then(
      () => logger.info({}, 'stopped'),
      (error: unknown) => {
        logger.error({ err: error }, 'the server did not stop cleanly');
        process.exitCode = 1;
      },
    );
  };
  process.on('SIGTERM', drain);
  process.on('SIGINT', drain);
  // To a server in a terminal it says that the terminal has gone; to one without, that its configuration has changed.
  process.on('SIGHUP', (signal) => (process.stdout.isTTY ? drain(signal) : app.reload()));
}

function whereToLook(
  config: Config,
  { issuer, managementPort, gateway, demo, authority }: Addresses,
): string {
  const database = config.database_url === undefined ? `embedded, in ${config.data_dir}` : 'PostgreSQL';
  return [
    `Holdfast ${issuer}`,
    ...(demo === undefined ? [] : [`  demo        ${demo} (you and a thief, in a minute)`]),
    `  account     ${issuer}/account`,
    ...(authority ? [`  https       by ${authority.file} (who must trust it: docs/runbooks/https.md)`] : []),
    `  discovery   ${issuer}/.well-known/openid-configuration`,
    ...(gateway === undefined
      ? []
      : [
          `  gateway     ${gateway} (example; try: ${trusting(authority)}npm run example:cli -- ${elsewhere(gateway)}"hello")`,
        ]),
    `  management  http://localhost:${managementPort}/metrics, /healthz, /readyz`,
    `  database    ${database}`,
    `  mail        ${whereMailGoes(config)}`,
    ...(config.dangerously_allow_test_login
      ? ['  DANGER      anyone can sign in as anyone (test login)']
      : []),
  ].join('\n');
}

function whereMailGoes({ mail, environment, data_dir }: Config): string {
  if (mail.host !== undefined) return `by ${mail.host}`;
  return environment === 'production'
    ? 'nowhere: nobody can verify an address or recover (set mail.host)'
    : `shown here, and kept in ${data_dir}/mail`;
}

/** Node looks into no store of the system's. */
function trusting(authority: Addresses['authority']): string {
  return authority ? `NODE_EXTRA_CA_CERTS=${authority.file} ` : '';
}

/** The example client looks at the usual port unless it is told another. */
function elsewhere(gateway: string): string {
  return gateway === 'http://localhost:6181' ? '' : `--gateway ${gateway} `;
}
