import { createReadStream, existsSync } from 'node:fs';
import { IssuerKeys } from '../accounts/issuer-keys.js';
import { UpstreamClient } from '../accounts/upstream-client.js';
import { importPeople } from '../admin/account-import-command.js';
import type { ImportWish } from '../admin/account-import-program.js';
import type { AdminPorts } from '../admin/admin-ports.js';
import { callAdminSocket } from '../admin/admin-socket.js';
import { runCommand } from '../admin/commands.js';
import { checkConfig } from '../admin/config-command.js';
import type { Finding } from '../admin/doctor-command.js';
import { examineAttestation } from '../admin/examine-attestation.js';
import { diagnose, examineInstallation } from '../admin/examine-installation.js';
import { examineTrustedIssuers } from '../admin/examine-issuers.js';
import { examineUpstream } from '../admin/examine-upstream.js';
import { sendTestMail } from '../admin/mail-command.js';
import { sendTestWebhook } from '../admin/webhook-command.js';
import { failed, type Outcome } from '../admin/outcome.js';
import { readPeople } from '../admin/people-file.js';
import { explainUnavailable } from '../admin/start-failure.js';
import { letterWords } from './letter-words.js';
import { mailTransport } from './letters.js';
import { adminSocketFile, databaseFolder } from '../config/data-folder.js';
import { loadConfig, type LoadedConfig } from '../config/load.js';
import { loadMasterKey, MasterKeyError } from '../config/master-key.js';
import { describeProblem } from '../config/problem.js';
import type { Config } from '../config/schema.js';
import { createOutboundFetch } from '../http/outbound-fetch.js';
import { systemClock } from '../lib/clock.js';
import { systemRandom } from '../lib/random.js';
import { DatabaseUnavailable } from '../lib/unavailable.js';
import { createSecurityEvents } from '../observability/events.js';
import { createLogger } from '../observability/logger.js';
import { createKeystore, KeystoreLocked } from '../provider/keystore.js';
import { DataFolderLocked } from '../storage/folder-lock.js';
import { openStorage } from '../storage/open.js';
import type { Storage } from '../storage/storage.js';

/* What the operator's commands do. They work on the database itself, or through the running server where that one has it. */

/** @param echoed models of the example gateway, where it speaks for itself */
export async function checkConfigHere(echoed: readonly string[]): Promise<Outcome> {
  const loaded = loadConfig();
  const attestation = loaded.ok ? await examineAttestation(loaded.config, systemClock) : undefined;
  return checkConfig(loaded, isEchoing(loaded) ? echoed : [], attestation);
}

export const doctorHere = (): Promise<Outcome> => examine(loadConfig());
export const webhookTestHere = (id: string): Promise<Outcome> => testWebhook(loadConfig(), id);
export const mailTestHere = (address: string): Promise<Outcome> => testMail(loadConfig(), address);
export const executeHere = (command: string, input: object): Promise<Outcome> =>
  execute(loadConfig(), command, input);

export async function importAccountsHere({ file, format, dryRun }: ImportWish): Promise<Outcome> {
  if (!existsSync(file)) return failed('file_missing', `There is no file ${file}.`);
  const loaded = loadConfig();
  const people = readPeople(createReadStream(file, { encoding: 'utf8' }), format);
  return importPeople(people, dryRun, (input) => execute(loaded, 'account import', input));
}

function isEchoing(loaded: LoadedConfig): boolean {
  if (!loaded.ok || loaded.config.environment === 'production') return false;
  const { enabled, upstream } = loaded.config.example_gateway;
  return enabled && upstream === undefined;
}

function invalid(problems: readonly string[]): Outcome {
  return failed('config_invalid', problems.join('\n'));
}

async function examine(loaded: LoadedConfig): Promise<Outcome> {
  if (!loaded.ok) return invalid(loaded.problems.map(describeProblem));
  const { config, warnings } = loaded;
  const attestation = await examineAttestation(config, systemClock);
  const findings = [
    ...(await examineInstallation(config, warnings, systemClock.now())),
    ...(attestation ? [attestation] : []),
    ...(await examineProviders(config)),
  ];
  if (config.database_url === undefined && !existsSync(databaseFolder(config))) {
    const says = 'the embedded database is not there yet; the first start makes it';
    return diagnose([...findings, { name: 'database', state: 'warning', says }]);
  }
  const inside = await execute(loaded, 'doctor', {});
  const more: readonly Finding[] = inside.ok
    ? (inside.result as { findings: readonly Finding[] }).findings
    : [{ name: 'database', state: 'failure', says: inside.message }];
  return diagnose([...findings, ...more]);
}

async function examineProviders(config: Config): Promise<Finding[]> {
  const outbound = createOutboundFetch(config.dangerously_allow_private_network_fetch);
  try {
    const ports = { fetch: outbound.fetch, clock: systemClock };
    return [
      ...(await examineUpstream(config, new UpstreamClient(ports))),
      ...(await examineTrustedIssuers(config, new IssuerKeys(ports))),
    ];
  } finally {
    await outbound.close();
  }
}

async function testWebhook(loaded: LoadedConfig, id: string): Promise<Outcome> {
  if (!loaded.ok) return invalid(loaded.problems.map(describeProblem));
  const { config } = loaded;
  const outbound = createOutboundFetch(config.dangerously_allow_private_network_fetch);
  try {
    const { fetch } = outbound;
    return await sendTestWebhook({ config, fetch, clock: systemClock, random: systemRandom }, id);
  } finally {
    await outbound.close();
  }
}

async function testMail(loaded: LoadedConfig, address: string): Promise<Outcome> {
  if (!loaded.ok) return invalid(loaded.problems.map(describeProblem));
  const { config } = loaded;
  const transport = mailTransport(config, (text) => void process.stderr.write(text));
  const phrasebook = letterWords(config.brand.name);
  return sendTestMail({ config, transport, phrasebook, clock: systemClock, random: systemRandom }, address);
}

async function execute(loaded: LoadedConfig, command: string, input: object): Promise<Outcome> {
  if (!loaded.ok) return invalid(loaded.problems.map(describeProblem));
  const { config } = loaded;
  try {
    const embedded = config.database_url === undefined;
    const answered = embedded ? await callAdminSocket(adminSocketFile(config), command, input) : undefined;
    return answered ?? (await executeInProcess(config, command, input));
  } catch (error) {
    if (error instanceof DataFolderLocked) return failed('data_folder_locked', error.message);
    if (error instanceof DatabaseUnavailable)
      return failed('database_unavailable', explainUnavailable(error));
    if (error instanceof MasterKeyError || error instanceof KeystoreLocked)
      return failed('key_unusable', error.message);
    throw error;
  }
}

async function executeInProcess(config: Config, command: string, input: object): Promise<Outcome> {
  const storage = await openStorage({
    databaseUrl: config.database_url,
    dataFolder: databaseFolder(config),
    clock: systemClock,
    poolSize: 1,
  });
  try {
    // The embedded database belongs to this process now, as it does to the server when that starts.
    if (storage.kind === 'embedded') await storage.migrate();
    const pending = command === 'migrate' || command === 'doctor' ? [] : await storage.pendingMigrations();
    if (pending.length > 0) {
      return failed(
        'migrations_pending',
        `The database is behind by ${pending.join(', ')}. Run: holdfast migrate`,
      );
    }
    return await runCommand(await portsOf(config, storage), command, input);
  } finally {
    await storage.close();
  }
}

async function portsOf(config: Config, storage: Storage): Promise<AdminPorts> {
  const masterKey = await loadMasterKey(config, systemRandom);
  // What the server would log goes to standard error, so that it doesn't mix with the answer.
  const logger = createLogger({ log_level: 'warn' }, { write: (line) => void process.stderr.write(line) });
  return {
    config,
    stores: storage,
    keystore: createKeystore({
      store: storage.signingKeys,
      masterKey,
      clock: systemClock,
      settings: () => config.key_rotation,
    }),
    events: createSecurityEvents(logger, { securityEvent: () => {} }),
    clock: systemClock,
    random: systemRandom,
    keysChanged: async () => {},
    flushRefusals: async () => {},
    flushObservations: async () => {},
  };
}
