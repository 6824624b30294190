import type { Clock } from '../lib/clock.js';
import { codeOf } from '../lib/error-code.js';
import { isRecord } from '../lib/json.js';
import type { Random } from '../lib/random.js';
import type { Refusal } from '../lib/refusal.js';
import { clientAuthenticator, type ClientCredentials } from './client-credentials.js';
import { connectToServer, isOutage } from './server-connection.js';

/** A JSON object that the authorization server answered with. */
export type ServerAnswer = Readonly<Record<string, unknown>>;

/** A clear answer, or why there is none: the gateway fails closed. */
export type Asked =
  | { readonly ok: true; readonly value: ServerAnswer }
  | {
      readonly ok: false;
      readonly refusal: Refusal;
      /** The authorization server is away or broken; it did not say no. */
      readonly outage: boolean;
    };

/** What POST /calls is asked (docs/CALLS.md). */
export interface CallQuestion {
  readonly token: string;
  /** Of the key of a proof that was verified here; or the proof itself, to be verified there. */
  readonly jkt?: string;
  readonly proof?: { readonly dpop: string; readonly method: string; readonly url: string };
  /** Or nothing of this: a bearer credential of before. */
  readonly bearer?: true;
  /** Null: the request calls none. */
  readonly model: string | null;
  readonly max_cost?: number;
  readonly scope?: string;
  readonly caller_address?: string;
}

/** Asks the authorization server, every time anew: nothing is kept here. */
export interface AuthorizationServer {
  introspect(token: string): Promise<Asked>;
  authorizeCall(question: CallQuestion): Promise<Asked>;
  /** Throws what went wrong, as `NotAnswered` where the server said so. */
  reportUsage(reports: readonly ServerAnswer[]): Promise<ServerAnswer>;
  /** The bytes of the revocation feed. Undefined: the issuer has none. */
  openFeed(
    lastEventId: string | undefined,
    signal: AbortSignal,
  ): Promise<AsyncIterable<Uint8Array> | undefined>;
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
const socketErrors = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE']);

export function createAuthorizationServer(
  options: AuthorizationServerOptions & { readonly clock: Clock; readonly random: Random },
): AuthorizationServer {
  const { timeoutMilliseconds = 2000, connections = 32 } = options;
  const connection = connectToServer({ ...options, timeoutMilliseconds, connections });
  const authenticate = clientAuthenticator(options, options);

  const locate = async (name: string, configured?: string): Promise<URL> => {
    const url = await connection.locate(name, configured);
    if (!url) throw new Error(`the metadata has no ${name}`);
    return url;
  };
  const post = async (url: URL, type: string, asked: ServerAnswer): Promise<ServerAnswer> => {
    const { headers, members } = await authenticate();
    const whole = { ...asked, ...members };
    const body = type === json ? JSON.stringify(whole) : new URLSearchParams(whole as never).toString();
    const answer = await connection.ask(url, {
      method: 'POST',
      headers: { ...headers, 'content-type': type, accept: json },
      body,
    });
    if (!isRecord(answer)) throw new Error(`${url.pathname} answered no object`);
    return answer;
  };

  const introspect = async (token: string): Promise<Asked> => {
    const url = await locate('introspection_endpoint', options.endpoint);
    const value = await post(url, form, { token, token_type_hint: 'access_token' });
    if (typeof value['active'] !== 'boolean') throw new Error('the answer is no introspection');
    return { ok: true, value };
  };
  const authorizeCall = async (question: CallQuestion): Promise<Asked> => {
    const url = await locate('call_authorization_endpoint', options.callEndpoint);
    return { ok: true, value: await post(url, json, { ...question }) };
  };

  return {
    introspect: (token) =>
      introspect(token)
        // The question changes nothing, so it may be asked again when a kept connection was just closed.
        .catch((error: unknown) => {
          if (isSocketError(error)) return introspect(token);
          throw error;
        })
        .catch(unanswered),
    // Never asked twice: the first time may have spent an approval.
    authorizeCall: (question) => authorizeCall(question).catch(unanswered),
    reportUsage: async (reports) => post(await locate('usage_endpoint'), json, { reports }),
    async openFeed(lastEventId, signal) {
      const url = await connection.locate('revocation_feed_endpoint');
      if (!url) return undefined;
      const { headers, members } = await authenticate();
      // A request without a body has no place for an assertion: whoever signs asks instead of listening.
      if (members['client_assertion'] !== undefined) return undefined;
      const resume = lastEventId === undefined ? {} : { 'last-event-id': lastEventId };
      for (const [name, value] of Object.entries(members)) url.searchParams.set(name, value);
      return connection.listen(url, { ...headers, ...resume, accept: 'text/event-stream' }, signal);
    },
    close: () => connection.close(),
  };
}

function unanswered(error: unknown): Asked {
  const refusal = { code: 'authorization_server_unavailable', detail: describeError(error) } as const;
  return { ok: false, refusal, outage: isOutage(error) };
}

function isSocketError(error: unknown): boolean {
  return socketErrors.has(codeOf(error) ?? '');
}

/** For the log. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = codeOf(error);
  return code === undefined ? error.message : `${code}: ${error.message}`;
}
