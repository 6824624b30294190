import { Pool } from 'undici';
import type { Clock } from '../lib/clock.js';
import { codeOf } from '../lib/error-code.js';
import { isRecord } from '../lib/json.js';
import type { Random } from '../lib/random.js';
import { accepted, refused, type Result } from '../lib/result.js';
import { clientAuthenticator, type ClientCredentials } from './client-credentials.js';
import { safeAddress } from './safe-address.js';

/** A JSON object that the authorization server answered with. */
export type ServerAnswer = Readonly<Record<string, unknown>>;

/** What POST /calls is asked (docs/CALLS.md). */
export interface CallQuestion {
  readonly token: string;
  readonly jkt: string;
  readonly model: string;
  readonly max_cost?: number;
  readonly scope?: string;
}

/**
 * Asks the authorization server about tokens and calls, every time anew (law 3: no answer is kept). Anything but a clear
 * answer is `authorization_server_unavailable`: the gateway fails closed.
 */
export interface AuthorizationServer {
  introspect(token: string): Promise<Result<ServerAnswer>>;
  authorizeCall(question: CallQuestion): Promise<Result<ServerAnswer>>;
  close(): Promise<void>;
}

export interface AuthorizationServerOptions extends ClientCredentials {
  readonly issuer: string;
  /** Introspection. Default: what the issuer's metadata says, read at the first call. */
  readonly endpoint?: string;
  /** Call authorization. Default: what the issuer's metadata says. */
  readonly callEndpoint?: string;
  /** For a connection, for the headers of an answer, and for its body each. Default 2 seconds. */
  readonly timeoutMilliseconds?: number;
  /** Default 32 connections kept open. */
  readonly connections?: number;
}

const form = 'application/x-www-form-urlencoded';
const json = 'application/json';
const longestAnswer = 65_536;
const socketErrors = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE']);

export function createAuthorizationServer(
  options: AuthorizationServerOptions & { readonly clock: Clock; readonly random: Random },
): AuthorizationServer {
  const { issuer, timeoutMilliseconds: timeout = 2000, connections = 32 } = options;
  const open = (url: URL): Pool =>
    new Pool(url.origin, {
      connections,
      headersTimeout: timeout,
      bodyTimeout: timeout,
      connect: { timeout, ...options.tls },
      maxResponseSize: longestAnswer,
    });
  const pools = new Map<string, Pool>();
  const ask = async (url: URL, request: Question): Promise<unknown> => {
    const pool = pools.get(url.origin) ?? open(url);
    pools.set(url.origin, pool);
    const { statusCode, body } = await pool.request({ ...request, path: url.pathname + url.search });
    if (statusCode === 200) return body.json();
    const reason = await body.json().catch(() => undefined);
    const description = isRecord(reason) ? reason['error_description'] : undefined;
    throw new Error([`${url.pathname} answered ${statusCode}`, description].filter(Boolean).join(': '));
  };

  const metadataUrl = safeAddress(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`);
  let metadata: ServerAnswer | undefined;
  const known = new Map<string, URL>();
  const locate = async (name: string, configured: string | undefined): Promise<URL> => {
    if (configured !== undefined) return safeAddress(configured);
    metadata ??= readMetadata(await ask(metadataUrl, { method: 'GET' }), issuer);
    const url = known.get(name) ?? readEndpoint(metadata, name);
    known.set(name, url);
    return url;
  };

  const authenticate = clientAuthenticator(options, options);
  const post = async (
    url: URL,
    type: string,
    body: Readonly<Record<string, unknown>>,
  ): Promise<ServerAnswer> => {
    const { headers, members } = await authenticate();
    const whole = { ...body, ...members };
    const answer = await ask(url, {
      method: 'POST',
      headers: { ...headers, 'content-type': type, accept: 'application/json' },
      body:
        type === json
          ? JSON.stringify(whole)
          : new URLSearchParams(whole as Record<string, string>).toString(),
    });
    if (!isRecord(answer)) throw new Error(`${url.pathname} answered no object`);
    return answer;
  };
  const introspect = async (token: string): Promise<Result<ServerAnswer>> => {
    const url = await locate('introspection_endpoint', options.endpoint);
    const answer = await post(url, form, { token, token_type_hint: 'access_token' });
    if (typeof answer['active'] !== 'boolean') throw new Error('the answer is no introspection');
    return accepted(answer);
  };
  const authorizeCall = async (question: CallQuestion): Promise<Result<ServerAnswer>> => {
    const url = await locate('call_authorization_endpoint', options.callEndpoint);
    return accepted(await post(url, json, { ...question }));
  };

  return {
    introspect: (token) =>
      introspect(token)
        // The question changes nothing, so it may be asked again when a kept connection was just closed.
        .catch((error: unknown) => {
          if (isSocketError(error)) return introspect(token);
          throw error;
        })
        .catch(unavailable),
    // Never asked twice: the first time may have spent an approval.
    authorizeCall: (question) => authorizeCall(question).catch(unavailable),
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

function readMetadata(metadata: unknown, issuer: string): ServerAnswer {
  // RFC 8414 §3.3: metadata whose issuer is another MUST NOT be used.
  if (!isRecord(metadata) || metadata['issuer'] !== issuer)
    throw new Error('the metadata is of another issuer');
  return metadata;
}

function readEndpoint(metadata: ServerAnswer, name: string): URL {
  const endpoint = metadata[name];
  if (typeof endpoint !== 'string') throw new Error(`the metadata has no ${name}`);
  return safeAddress(endpoint);
}

function unavailable(error: unknown): Result<never> {
  return refused('authorization_server_unavailable', describe(error));
}

function isSocketError(error: unknown): boolean {
  return socketErrors.has(codeOf(error) ?? '');
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = codeOf(error);
  return code === undefined ? error.message : `${code}: ${error.message}`;
}
