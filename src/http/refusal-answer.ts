import type { IncomingHttpHeaders } from 'node:http';
import type { Config } from '../config/schema.js';
import { isLoopbackHost } from '../lib/hosts.js';
import { explanationOf, refusals, type Refusal, type RefusalCode } from '../lib/refusal.js';
import { retryAfterUnavailable } from '../lib/unavailable.js';

/** What an error page may show. `detail` is there on a loopback issuer only (law 8). */
export interface ErrorPageFacts {
  readonly refusal: Refusal;
  readonly status: number;
  readonly says: string;
  readonly requestId: string;
  readonly headers: IncomingHttpHeaders;
  readonly detail?: string;
}

export interface RenderedPage {
  readonly html: string;
  /** The page's own Content-Security-Policy. */
  readonly contentSecurityPolicy: string;
}

export type RenderErrorPage = (facts: ErrorPageFacts) => RenderedPage;

export interface RefusalAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The circumstances of one refusal. */
export interface RefusedCall {
  readonly requestId: string;
  readonly path: string;
  /** Of the request: which form and which language it wants. */
  readonly headers: IncomingHttpHeaders;
  /** Seconds until trying again makes sense. */
  readonly retryAfter?: number | undefined;
}

export type AnswerRefusal = (refusal: Refusal, call: RefusedCall) => RefusalAnswer;

/** What a script of our own page says for a refusal, in the language of the request's headers. */
export type SayRefusal = (code: RefusalCode, headers: IncomingHttpHeaders) => string | undefined;

const proofAlgorithms = 'ES256 EdDSA Ed25519';

/**
 * Makes the answer to a refusal: a page for a browser, the standard's JSON for everybody else. A stranger gets the
 * vague sentence and the request id; on a loopback issuer the developer gets code, help and detail too (law 8).
 */
export function createRefusalAnswers(
  { issuer }: Pick<Config, 'issuer'>,
  renderErrorPage?: RenderErrorPage,
  sayRefusal: SayRefusal = () => undefined,
): AnswerRefusal {
  const explains = isLoopbackHost(new URL(issuer).hostname);
  return (refusal, call) => {
    const status = statusOf(refusal, call.path);
    const headers: Record<string, string> = { 'cache-control': 'no-store', ...challengeOf(refusal, status) };
    const retryAfter =
      call.retryAfter ?? refusal.retryAfter ?? (status === 503 ? retryAfterUnavailable : undefined);
    if (retryAfter !== undefined) headers['retry-after'] = String(retryAfter);
    const { says } = refusals[refusal.code];
    if (renderErrorPage && wantsPage(call.headers.accept)) {
      const detail = explains ? (refusal.detail ?? refusals[refusal.code].help) : undefined;
      const facts = { refusal, status, says, requestId: call.requestId, headers: call.headers };
      const page = renderErrorPage(detail === undefined ? facts : { ...facts, detail });
      headers['content-type'] = 'text/html; charset=utf-8';
      headers['content-security-policy'] = page.contentSecurityPolicy;
      return { status, headers, body: page.html };
    }
    headers['content-type'] = 'application/json; charset=utf-8';
    const inHerLanguage = fromOurPage(call.headers) ? sayRefusal(refusal.code, call.headers) : undefined;
    return {
      status,
      headers,
      body: JSON.stringify(describe(refusal, call.requestId, explains, inHerLanguage)),
    };
  };
}

function describe(refusal: Refusal, requestId: string, explains: boolean, inHerLanguage?: string): object {
  const { error, says } = refusals[refusal.code];
  // Whoever reached a limit has to know which, to ask less of it or for more.
  const limited = refusal.limit === undefined ? says : `${says} The limit is ${refusal.limit}.`;
  return {
    error,
    error_description: inHerLanguage ?? limited,
    request_id: requestId,
    ...(explains ? explanationOf(refusal) : {}),
  };
}

/** RFC 9449 §7.1: a protected resource answers a bad proof with 401, the token endpoint with 400. */
function statusOf({ code }: Refusal, path: string): number {
  const { status, error } = refusals[code];
  return path === '/userinfo' && error === 'invalid_dpop_proof' ? 401 : status;
}

function challengeOf({ code }: Refusal, status: number): Readonly<Record<string, string>> {
  if (status !== 401) return {};
  const { error } = refusals[code];
  // RFC 6749 §5.2: invalid_client with 401 names the scheme that the client should have used.
  if (error === 'invalid_client') return { 'www-authenticate': 'Basic realm="holdfast"' };
  return { 'www-authenticate': `DPoP error="${error}", algs="${proofAlgorithms}"` };
}

/**
 * RFC 6749 §5.2 wants ASCII in error_description, for programs. A script of our own page shows it to a person; nobody
 * else's request is of the same origin (Fetch Metadata), and what we say to it is no secret.
 */
function fromOurPage(headers: IncomingHttpHeaders): boolean {
  return headers['sec-fetch-site'] === 'same-origin';
}

/** A browser that navigates names text/html; what calls an API does not. */
export function wantsPage(accept: string | undefined): boolean {
  return accept?.toLowerCase().includes('text/html') ?? false;
}
