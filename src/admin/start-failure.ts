import type { Config } from '../config/schema.js';
import { DatabaseUnavailable } from '../lib/unavailable.js';

/** Why the server did not start, in words that say what to do; undefined for what only a stack trace can tell. */
export function explainStartFailure(error: unknown, config: Config): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code, port } = error as Error & { code?: unknown; port?: unknown };
  if (code === 'EADDRINUSE') return portTaken(Number(port), config);
  if (code === 'EACCES' && typeof port === 'number') {
    return `Port ${port} needs more rights than this user has. Use one above 1023: PORT=${config.port + 8000} npm start`;
  }
  if (code === 'EADDRNOTAVAIL')
    return `This machine has no address ${config.host}. Set HOST, for example HOST=127.0.0.1.`;
  if (error instanceof DatabaseUnavailable) return explainUnavailable(error);
  return explained.has(error.name) ? error.message : undefined;
}

/** That the database is away, why, and what to do. */
export function explainUnavailable({ cause }: DatabaseUnavailable): string {
  const why = cause instanceof Error && cause.message !== '' ? ` (${cause.message})` : '';
  return `The database does not answer${why}. Check DATABASE_URL and the server, then try again.`;
}

/** Errors whose own message already says what to do; by name, since storage's can't be imported here. */
const explained = new Set([
  'AttestationMetadataUnusable',
  'CertificatesUnusable',
  'ClientsClash',
  'DataFolderLocked',
  'KeystoreLocked',
  'LogoUnusable',
  'MasterKeyError',
  'MigrationsPending',
  'RelyingPartyChanged',
]);

function portTaken(port: number, config: Config): string {
  if (port === config.port) {
    const free = config.port + 10;
    return `Port ${port} is taken. Use another: PORT=${free} npm start (issuer, gateway and management port follow)`;
  }
  if (port === config.management_port) {
    return `Port ${port} is taken. Use another for management: MANAGEMENT_PORT=${port + 10} npm start`;
  }
  if (port === config.gateway_port) {
    return `Port ${port} is taken. Use another for the example gateway: HOLDFAST_EXAMPLE_GATEWAY_PORT=${port + 10} npm start`;
  }
  return `Port ${port} is taken. Use another: PORT=${config.port + 10} npm start`;
}
