import { processEnvironment } from '../config/process-environment.js';
import { readSettings } from '../gateway/standalone/read-settings.js';
import type { GatewaySecrets, GatewaySettings, GatewayWish } from '../gateway/standalone/settings.js';
import { SettingUnusable } from '../gateway/standalone/setting-unusable.js';
import { startStandaloneGateway, type StandaloneGateway } from '../gateway/standalone/start.js';
import { systemClock } from '../lib/clock.js';
import { codeOf } from '../lib/error-code.js';
import { systemRandom } from '../lib/random.js';
import { createLogger, type Logger } from '../observability/logger.js';

/** What only the gateway itself is told. */
const secretVariables = ['HOLDFAST_CLIENT_SECRET', 'HOLDFAST_UPSTREAM_KEY', 'HOLDFAST_AUTHZ_SECRET'] as const;

/** `holdfast gateway`: starts, says where it listens, and drains on SIGTERM and SIGINT. Its exit code: 2 for wrong settings. */
export async function runGateway(given: Readonly<Record<string, unknown>>): Promise<number | undefined> {
  const wish = given as GatewayWish;
  const variables = processEnvironment();
  const [clientSecret, upstreamKey, authzSecret] = secretVariables.map(
    (name) => variables[name] || undefined,
  );
  const secrets: GatewaySecrets = { clientSecret, upstreamKey, authzSecret };
  const read = readSettings(wish, secrets);
  if (!read.ok) {
    console.error(`The gateway does not start:\n\n${read.problems.map((each) => `  ${each}`).join('\n')}`);
    return 2;
  }
  const environment = Object.fromEntries(
    Object.entries(variables).filter(([name]) => !secretVariables.some((secret) => secret === name)),
  );
  const log = createLogger({ log_level: 'info' });
  const parts = { log, clock: systemClock, random: systemRandom, secrets, environment };
  try {
    const gateway = await startStandaloneGateway(read.settings, parts);
    obeySignals(gateway, log);
    console.log(whereToLook(read.settings, gateway));
    return undefined;
  } catch (error) {
    console.error(`The gateway does not start: ${explain(error, read.settings)}`);
    return error instanceof SettingUnusable ? 2 : 1;
  }
}

function obeySignals(gateway: StandaloneGateway, log: Logger): void {
  let closing: Promise<void> | undefined;
  const drain = (signal: string): void => {
    if (closing) return;
    log.info({ signal }, 'draining');
    closing = gateway.close().then(
      () => log.info({}, 'stopped'),
      (error: unknown) => {
        log.error({ err: error }, 'the gateway did not stop cleanly');
        process.exitCode = 1;
      },
    );
  };
  process.on('SIGTERM', drain);
  process.on('SIGINT', drain);
}

function whereToLook(
  { publicUrl, listen, management, issuer, provider, authorization }: GatewaySettings,
  { port, managementPort }: StandaloneGateway,
): string {
  return [
    `Holdfast gateway for ${publicUrl}`,
    `  listens     http://${listen.host}:${port}`,
    `  issuer      ${issuer}`,
    ...(provider ? [`  provider    ${provider.upstream} (${provider.api}; key: ${provider.key.kind})`] : []),
    ...(authorization ? [`  /authz      is asked by ${authorization.proxy}`] : []),
    ...(provider && provider.pricesFile === undefined
      ? ['  prices      none: tiers that count money refuse its calls (--prices)']
      : []),
    `  management  http://${management.host}:${managementPort}/healthz, /readyz`,
  ].join('\n');
}

function explain(error: unknown, { listen, management }: GatewaySettings): string {
  if (codeOf(error) === 'EADDRINUSE') {
    return `port ${listen.port} or ${management.port} is taken (--port, --management-port)`;
  }
  return error instanceof Error ? error.message : String(error);
}
