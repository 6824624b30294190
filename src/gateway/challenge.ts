import { refusals, type Refusal } from '../lib/refusal.js';
import { proofAlgorithms } from '../proof/proof.js';

/** A refusal as a resource server answers it (RFC 9449 §7.1, §9). */
export interface Challenge {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly error: string;
  readonly description: string;
}

export interface ChallengeContext {
  readonly nonce: string;
  /** The scopes that the request needs. */
  readonly scope: readonly string[];
  /** Where RFC 9728 metadata can be read. */
  readonly resourceMetadata?: string;
}

const retryAfterSeconds = '1';

export function toChallenge(refusal: Refusal, context: ChallengeContext): Challenge {
  const { status: listed, error, says } = refusals[refusal.code];
  // RFC 9449 §7.1: what the authorization server answers with 400, a resource server answers with 401.
  const status = error === 'invalid_dpop_proof' || error === 'use_dpop_nonce' ? 401 : listed;
  const common = { 'cache-control': 'no-store' };
  const answer = { status, error, description: says };
  if (status === 503) return { ...answer, headers: { ...common, 'retry-after': retryAfterSeconds } };
  if (status !== 401 && status !== 403) return { ...answer, headers: common };

  // RFC 6750 §3.1: a request without any credentials is told how to authenticate and no error.
  const problem =
    refusal.code === 'token_missing' ? [] : [quoted('error', error), quoted('error_description', says)];
  const parameters = [
    ...problem,
    ...(status === 403 ? [quoted('scope', context.scope.join(' '))] : []),
    quoted('algs', proofAlgorithms.join(' ')),
    ...(context.resourceMetadata === undefined
      ? []
      : [quoted('resource_metadata', context.resourceMetadata)]),
  ];
  return {
    ...answer,
    headers: {
      ...common,
      'www-authenticate': `DPoP ${parameters.join(', ')}`,
      'dpop-nonce': context.nonce,
    },
  };
}

function quoted(name: string, value: string): string {
  return `${name}="${value.replace(/["\\]/g, '\\$&')}"`;
}
