import { dpopChallenge } from '../lib/dpop-challenge.js';
import { refusals, type Refusal } from '../lib/refusal.js';
import { proofAlgorithms } from '../proof/proof.js';

/** A refusal as a resource server answers it (RFC 9449 §7.1, §9). */
export interface Challenge {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly error: string;
  readonly description: string;
  /** What the JSON body says: error, error_description, and what a client needs to answer the challenge. */
  readonly body: Readonly<Record<string, unknown>>;
}

export interface ChallengeContext {
  /** Undefined: this server has none to give. */
  readonly nonce: string | undefined;
  /** The scopes that the request needs. */
  readonly scope: readonly string[];
  /** Where RFC 9728 metadata can be read. */
  readonly resourceMetadata: string;
}

/** A refusal that the authorization server has put into words already. */
export interface ReadyChallenge {
  readonly status: 401 | 403;
  /** Of WWW-Authenticate. */
  readonly authenticate: string;
  readonly body: Readonly<Record<string, unknown>> & { readonly error: string };
}

const retryAfterSeconds = '1';
const uncached = { 'cache-control': 'no-store' };

export function toChallenge(refusal: Refusal, context: ChallengeContext): Challenge {
  const { status: listed, error, says } = refusals[refusal.code];
  // RFC 9449 §7.1: what the authorization server answers with 400, a resource server answers with 401.
  const status = error === 'invalid_dpop_proof' || error === 'use_dpop_nonce' ? 401 : listed;
  const body = { error, error_description: says };
  const answer = { status, error, description: says, body };
  if (status === 503) return { ...answer, headers: { ...uncached, 'retry-after': retryAfterSeconds } };
  if (status !== 401 && status !== 403) return { ...answer, headers: uncached };

  const authenticate = dpopChallenge({
    // RFC 6750 §3.1: a request without any credentials is told how to authenticate and no error.
    ...(refusal.code === 'token_missing' ? {} : body),
    scope: error === 'insufficient_scope' ? context.scope.join(' ') : undefined,
    algs: proofAlgorithms.join(' '),
    resource_metadata: context.resourceMetadata,
  });
  return { ...answer, headers: headersOf(authenticate, context) };
}

/** The authorization server's own words, with what only this gateway knows: its nonce, and where its metadata lies. */
export function passChallenge(ready: ReadyChallenge, context: ChallengeContext): Challenge {
  const { status, authenticate, body } = ready;
  const described = body['error_description'];
  // RFC 9728 §5.1
  const whole = authenticate.includes('resource_metadata="')
    ? authenticate
    : `${authenticate}, ${dpopChallenge({ resource_metadata: context.resourceMetadata }).slice('DPoP '.length)}`;
  return {
    status,
    headers: headersOf(whole, context),
    error: body.error,
    description: typeof described === 'string' ? described : body.error,
    body,
  };
}

function headersOf(authenticate: string, { nonce }: ChallengeContext): Record<string, string> {
  const next = nonce === undefined ? {} : { 'dpop-nonce': nonce };
  return { ...uncached, 'www-authenticate': authenticate, ...next };
}
