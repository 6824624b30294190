import { X509Certificate } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { masterKeyFile } from '../config/master-key.js';
import type { ConfigProblem } from '../config/problem.js';
import { describeProblem } from '../config/problem.js';
import type { Config } from '../config/schema.js';
import type { Finding } from './doctor-command.js';
import { columns, done, failed, type Outcome } from './outcome.js';

const oldestNode = [20, 19] as const;

/** What can be told without the database: Node, configuration, the secret key's file, whether a server answers. */
export async function examineInstallation(
  config: Config,
  warnings: readonly ConfigProblem[],
  now: number,
): Promise<Finding[]> {
  return [
    examineNode(process.versions.node),
    { name: 'config', state: 'ok', says: `issuer ${config.issuer}` },
    ...warnings.map((warning): Finding => ({
      name: 'config',
      state: 'warning',
      says: describeProblem(warning),
    })),
    await examineSecretKey(config),
    await examineHttps(config, now),
    examineMail(config),
    await examineServer(config),
  ];
}

/** What the doctor says in the end; a failure makes the command fail. */
export function diagnose(findings: readonly Finding[]): Outcome {
  const marks = { ok: 'ok', warning: 'WARNING', failure: 'FAILURE' } as const;
  const text = columns(findings.map(({ name, state, says }) => [marks[state], name, says]));
  if (findings.some(({ state }) => state === 'failure')) return failed('unhealthy', text);
  return done({ findings }, text);
}

function examineNode(version: string): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const enough = major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1]);
  if (enough) return { name: 'node', state: 'ok', says: version };
  return { name: 'node', state: 'failure', says: `${version} is older than ${oldestNode.join('.')}` };
}

async function examineSecretKey(config: Config): Promise<Finding> {
  const name = 'secret key';
  if (config.secret_key !== undefined) return { name, state: 'ok', says: 'from the configuration' };
  const file = masterKeyFile(config);
  const found = await stat(file).catch(() => undefined);
  if (!found) return { name, state: 'warning', says: `${file} is not there yet; the first start makes it` };
  if ((found.mode & 0o077) === 0 || process.platform === 'win32') return { name, state: 'ok', says: file };
  return { name, state: 'failure', says: `others can read ${file}; run: chmod 600 ${file}` };
}

async function examineHttps({ issuer, tls }: Config, now: number): Promise<Finding> {
  const name = 'https';
  if (issuer.startsWith('http:')) {
    const says =
      'no, so no browser binds a login session to its device; on this machine: holdfast serve --tls';
    return { name, state: 'ok', says };
  }
  if (tls.local) return { name, state: 'ok', says: 'for localhost, by an authority of our own' };
  if (tls.cert === undefined) return { name, state: 'ok', says: 'by whoever is in front of this server' };
  const text = await readFile(tls.cert).catch(() => undefined);
  if (!text) return { name, state: 'failure', says: `tls.cert: ${tls.cert} can’t be read` };
  try {
    return certificateFinding(new X509Certificate(text).validTo, now);
  } catch {
    return { name, state: 'failure', says: `tls.cert: ${tls.cert} is no certificate (PEM)` };
  }
}

/** Renewal by ACME is due when a third of the time is left: sooner than this. */
const endsSoon = 14 * 86_400_000;

function certificateFinding(validTo: string, now: number): Finding {
  const name = 'https';
  const left = Date.parse(validTo) - now;
  if (left <= 0) return { name, state: 'failure', says: `the certificate of tls.cert ended at ${validTo}` };
  const says = `the certificate of tls.cert ends at ${validTo}`;
  if (left > endsSoon) return { name, state: 'ok', says };
  return { name, state: 'warning', says: `${says}; a new file is taken without a restart` };
}

function examineMail({ mail, environment }: Config): Finding {
  const name = 'mail';
  if (mail.host !== undefined) {
    return { name, state: 'ok', says: `through ${mail.host}:${mail.port}; try: holdfast mail test ADDRESS` };
  }
  if (environment !== 'production') return { name, state: 'ok', says: 'none is sent; kept in data_dir/mail' };
  const says =
    'NO MAIL SERVER: nobody can prove an address, recover an account or be told of a theft; set mail.host and mail.from';
  return { name, state: 'warning', says };
}

async function examineServer({ host, management_port: port }: Config): Promise<Finding> {
  const name = 'server';
  const address = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  const url = `http://${address.includes(':') ? `[${address}]` : address}:${port}/readyz`;
  const answer = await fetch(url, { signal: AbortSignal.timeout(2000) }).catch(() => undefined);
  if (!answer) return { name, state: 'ok', says: 'not running here' };
  if (answer.ok) return { name, state: 'ok', says: 'running and ready' };
  return { name, state: 'failure', says: `running but not ready: ${(await answer.text()).trim()}` };
}
