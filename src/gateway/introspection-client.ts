import { Pool } from 'undici';
import { codeOf } from '../lib/error-code.js';
import { isRecord } from '../lib/json.js';
import { accepted, refused, type Result } from '../lib/result.js';
import { safeAddress } from './safe-address.js';

export type IntrospectionAnswer = Readonly<Record<string, unknown>>;

/** Asks the authorization server about tokens, every time anew (law 3: no answer is kept). */
export interface IntrospectionClient {
  /** `authorization_server_unavailable` for anything but a clear answer: the gateway fails closed. */
  introspect(token: string): Promise<Result<IntrospectionAnswer>>;
  close(): Promise<void>;
}

export interface IntrospectionOptions {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Default: what the issuer's metadata says, read at the first call. */
  readonly endpoint?: string;
  /** For a connection, for the headers of an answer, and for its body each. Default 2 seconds. */
  readonly timeoutMilliseconds?: number;
  /** Default 32 connections kept open. */
  readonly connections?: number;
}

const longestAnswer = 65_536;
const socketErrors = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE']);

export function createIntrospectionClient(options: IntrospectionOptions): IntrospectionClient {
  const { issuer, endpoint, timeoutMilliseconds: timeout = 2000, connections = 32 } = options;
  const open = (url: URL): Pool =>
    new Pool(url.origin, {
      connections,
      headersTimeout: timeout,
      bodyTimeout: timeout,
      connect: { timeout },
      maxResponseSize: longestAnswer,
    });
  const pools = new Map<string, Pool>();
  const ask = async (url: URL, request: Question): Promise<unknown> => {
    const pool = pools.get(url.origin) ?? open(url);
    pools.set(url.origin, pool);
    const { statusCode, body } = await pool.request({ ...request, path: url.pathname + url.search });
    if (statusCode === 200) return body.json();
    await body.dump();
    throw new Error(`${url.pathname} answered ${statusCode}`);
  };

  let known = endpoint === undefined ? undefined : safeAddress(endpoint);
  const metadata = safeAddress(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`);
  const authorization = basicCredentials(options.clientId, options.clientSecret);
  const locate = async (): Promise<URL> =>
    (known ??= readEndpoint(await ask(metadata, { method: 'GET' }), issuer));
  const introspect = async (token: string): Promise<Result<IntrospectionAnswer>> => {
    const body = new URLSearchParams({ token, token_type_hint: 'access_token' }).toString();
    const answer = await ask(await locate(), {
      method: 'POST',
      headers: {
        authorization,
        'content-type': 'application/x-www-form-urlencoded',
        accept: 'application/json',
      },
      body,
    });
    if (!isRecord(answer) || typeof answer['active'] !== 'boolean')
      throw new Error('the answer is no introspection');
    return accepted(answer);
  };

  return {
    introspect: (token) =>
      introspect(token)
        // The question changes nothing, so it may be asked again when a kept connection was just closed.
        .catch((error: unknown) => {
          if (isSocketError(error)) return introspect(token);
          throw error;
        })
        .catch((error: unknown) => refused('authorization_server_unavailable', describe(error))),
    close: async () => {
      await Promise.all([...pools.values()].map((pool) => pool.destroy()));
    },
  };
}

interface Question {
  readonly method: 'GET' | 'POST';
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

/** RFC 6749 §2.3.1: client_id and secret are form-encoded before they are joined. */
function basicCredentials(clientId: string, clientSecret: string): string {
  const encode = (value: string): string => new URLSearchParams({ '': value }).toString().slice(1);
  return `Basic ${Buffer.from(`${encode(clientId)}:${encode(clientSecret)}`).toString('base64')}`;
}

function readEndpoint(metadata: unknown, issuer: string): URL {
  // RFC 8414 §3.3: metadata whose issuer is another MUST NOT be used.
  if (!isRecord(metadata) || metadata['issuer'] !== issuer)
    throw new Error('the metadata is of another issuer');
  const endpoint = metadata['introspection_endpoint'];
  if (typeof endpoint !== 'string') throw new Error('the metadata names no introspection endpoint');
  return safeAddress(endpoint);
}

function isSocketError(error: unknown): boolean {
  return socketErrors.has(codeOf(error) ?? '');
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = codeOf(error);
  return code === undefined ? error.message : `${code}: ${error.message}`;
}
