import { Pool } from 'undici';
import { codeOf } from '../lib/error-code.js';
import { isRecord } from '../lib/json.js';
import type { ClientTls } from './client-credentials.js';
import { safeAddress } from './safe-address.js';

export interface ServerQuestion {
  readonly method: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Connections to the authorization server, and what its metadata says. */
export interface ServerConnection {
  /** Where the metadata has it, or `configured`. Undefined: the metadata doesn't name it. */
  locate(name: string, configured?: string): Promise<URL | undefined>;
  /** The JSON of a 200. Throws a `NotAnswered` for any other, and whatever goes wrong on the way. */
  ask(url: URL, question: ServerQuestion): Promise<unknown>;
  /** The body of a 200, as long as it goes on. */
  listen(
    url: URL,
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<AsyncIterable<Uint8Array>>;
  close(): Promise<void>;
}

export interface ConnectionOptions {
  readonly issuer: string;
  readonly tls?: ClientTls;
  readonly timeoutMilliseconds: number;
  readonly connections: number;
}

/** The authorization server said something, but not yes. */
export class NotAnswered extends Error {
  readonly status: number;

  constructor(path: string, status: number, description: unknown) {
    const said = typeof description === 'string' ? `: ${description}` : '';
    super(`${path} answered ${status}${said}`);
    this.status = status;
  }
}

const longestAnswer = 65_536;
const unreachable = new Set(
  (
    'UND_ERR_SOCKET UND_ERR_CONNECT_TIMEOUT UND_ERR_HEADERS_TIMEOUT UND_ERR_BODY_TIMEOUT ' +
    'ECONNRESET ECONNREFUSED EPIPE ETIMEDOUT EHOSTUNREACH ENETUNREACH ENOTFOUND EAI_AGAIN'
  ).split(' '),
);

/**
 * Whether the authorization server is away or broken. Not so when it said no to this gateway, when its certificate is wrong,
 * or when what it says is no answer: none of that may open what is opened in an outage.
 */
export function isOutage(error: unknown): boolean {
  return error instanceof NotAnswered ? error.status >= 500 : unreachable.has(codeOf(error) ?? '');
}

export function connectToServer(options: ConnectionOptions): ServerConnection {
  const { issuer, timeoutMilliseconds: timeout, connections } = options;
  const connect = { timeout, ...options.tls };
  const pools = new Map<string, Pool>();
  const poolOf = (name: string, open: () => Pool): Pool => {
    const pool = pools.get(name) ?? open();
    pools.set(name, pool);
    return pool;
  };
  const ask = async (url: URL, question: ServerQuestion): Promise<unknown> => {
    const limits = { headersTimeout: timeout, bodyTimeout: timeout, maxResponseSize: longestAnswer };
    const pool = poolOf(url.origin, () => new Pool(url.origin, { connections, connect, ...limits }));
    const { statusCode, body } = await pool.request({ ...question, path: url.pathname + url.search });
    if (statusCode === 200) return body.json();
    const reason = await body.json().catch(() => undefined);
    throw new NotAnswered(
      url.pathname,
      statusCode,
      isRecord(reason) ? reason['error_description'] : undefined,
    );
  };

  const metadataUrl = safeAddress(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`);
  let metadata: Promise<Readonly<Record<string, unknown>>> | undefined;
  const readMetadata = (): Promise<Readonly<Record<string, unknown>>> => {
    metadata ??= ask(metadataUrl, { method: 'GET' })
      .then((answer) => checkMetadata(answer, issuer))
      .catch((error: unknown) => {
        metadata = undefined;
        throw error;
      });
    return metadata;
  };

  return {
    ask,
    async locate(name, configured) {
      if (configured !== undefined) return safeAddress(configured);
      const known = await readMetadata();
      // RFC 8705 §5: who authenticates by a certificate prefers these.
      const aliases = options.tls?.cert === undefined ? undefined : known['mtls_endpoint_aliases'];
      const endpoint = (isRecord(aliases) ? aliases[name] : undefined) ?? known[name];
      return typeof endpoint === 'string' ? safeAddress(endpoint) : undefined;
    },
    async listen(url, headers, signal) {
      // Of its own: what goes on for days must not take a connection from the questions.
      const limits = { headersTimeout: timeout, bodyTimeout: 0, maxResponseSize: -1 };
      const pool = poolOf(
        `feed ${url.origin}`,
        () => new Pool(url.origin, { connections: 1, connect, ...limits }),
      );
      const { statusCode, body } = await pool.request({
        method: 'GET',
        path: url.pathname + url.search,
        headers,
        signal,
      });
      if (statusCode === 200) return body;
      await body.dump();
      throw new NotAnswered(url.pathname, statusCode, undefined);
    },
    close: async () => {
      await Promise.all([...pools.values()].map((pool) => pool.destroy()));
    },
  };
}

function checkMetadata(metadata: unknown, issuer: string): Readonly<Record<string, unknown>> {
  // RFC 8414 §3.3: metadata whose issuer is another MUST NOT be used.
  if (!isRecord(metadata) || metadata['issuer'] !== issuer)
    throw new Error('the metadata is of another issuer');
  return metadata;
}
