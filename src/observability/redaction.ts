import { codeOf } from '../lib/error-code.js';

/** Fields that are never logged, whatever they hold; compared in lower case with `_` for `-`. */
const forbidden = new Set([
  'access_token',
  'assertion',
  'auth_req_id',
  'authorization',
  'body',
  'client_assertion',
  'client_notification_token',
  'client_secret',
  'code',
  'code_verifier',
  'cookie',
  'cookies',
  'd',
  'device_code',
  'dpop',
  'headers',
  'id_token',
  'id_token_hint',
  'parameters',
  'password',
  'private_jwk',
  'proof',
  'proxy_authorization',
  'refresh_token',
  'request_uri',
  'secret',
  'secret_key',
  'set_cookie',
  'token',
  'upstream_key',
  'user_code',
]);

const deepest = 5;

/** A copy of a log line's fields without those that could hold a credential. Errors are left to `describeError`. */
export function redactFields(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return redactRecord(fields, 0);
}

function redactRecord(fields: object, depth: number): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      forbidden.has(name.toLowerCase().replaceAll('-', '_')) ? '[redacted]' : redactValue(value, depth + 1),
    ]),
  );
}

function redactValue(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  if (value instanceof Error) return depth === 1 ? value : describeError(value);
  if (depth > deepest || Buffer.isBuffer(value)) return '[object]';
  if (Array.isArray(value)) return value.map((entry) => redactValue(entry, depth + 1));
  return redactRecord(value, depth);
}

export interface DescribedError {
  readonly type: string;
  readonly message: string;
  readonly code?: string;
  readonly stack?: string;
  readonly cause?: DescribedError;
}

/** What a log may say of an error: its own words and its causes', not the properties that drivers hang on it. */
export function describeError(error: unknown, depth = 0): DescribedError {
  if (!(error instanceof Error)) return { type: typeof error, message: String(error) };
  const code = codeOf(error);
  return {
    type: error.name,
    message: error.message,
    ...(code === undefined ? {} : { code }),
    ...(error.stack === undefined ? {} : { stack: error.stack }),
    ...(error.cause === undefined || depth >= 3 ? {} : { cause: describeError(error.cause, depth + 1) }),
  };
}
