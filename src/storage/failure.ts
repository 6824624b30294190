import { codeOf } from '../lib/error-code.js';
import { DatabaseUnavailable } from '../lib/unavailable.js';

const networkCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOENT',
]);

/*
 * SQLSTATEs after which trying again later is right: connection (08), no room (53), shutting down or starting
 * (57P), cancelled by a limit (57014, 55P03), a standby that became read-only (25006), deadlock and serialization
 * (40001, 40P01), and a login that the server refuses for now (28, 3D000).
 */
const passingStates = /^(08|53|57P|57014|55P03|25006|40001|40P01|28|3D000)/;

/** What pg and its pool say without a code. */
const passingMessages =
  /^(Connection terminated|timeout exceeded when trying to connect|Query read timeout|timeout expired|Client has encountered a connection error|Cannot use a pool after calling end|Client was closed)/;

/** The embedded database's one connection was not free in time, or is closed. */
export class ConnectionNotFree extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ConnectionNotFree';
  }
}

/** `error` as DatabaseUnavailable when the database is away or busy; otherwise as it is, for it is a bug of ours. */
export function asStorageError(error: unknown): unknown {
  if (error instanceof DatabaseUnavailable) return error;
  const cause = driverError(error);
  return isPassing(cause) ? new DatabaseUnavailable(cause) : error;
}

function isPassing(error: unknown): boolean {
  if (error instanceof ConnectionNotFree) return true;
  if (!(error instanceof Error)) return false;
  // TypeORM lets a transaction's connection go when it drops; what follows in the transaction meets this.
  if (error.name === 'QueryRunnerAlreadyReleasedError') return true;
  const code = codeOf(error);
  if (code !== undefined && (networkCodes.has(code) || passingStates.test(code))) return true;
  return passingMessages.test(error.message);
}

/** TypeORM wraps what the driver threw. */
export function driverError(error: unknown): unknown {
  const wrapped: unknown = error instanceof Error ? Reflect.get(error, 'driverError') : undefined;
  return wrapped ?? error;
}
