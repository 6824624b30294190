import { errors } from 'oidc-provider';
import type { Refusal, RefusalCode } from '../lib/refusal.js';
import { BatchFull, DatabaseUnavailable } from '../lib/unavailable.js';

const refusalOf = new WeakMap<Error, Refusal>();

/** Gives an error of oidc-provider our refusal code, for log and `explain`; the wire stays the standard's. */
export function withRefusal<E extends Error>(error: E, code: RefusalCode, detail?: string): E {
  refusalOf.set(error, detail === undefined ? { code } : { code, detail });
  return error;
}

export function grantRefused(code: RefusalCode, detail: string): Error {
  return withRefusal(new errors.InvalidGrant(detail), code, detail);
}

export function clientRefused(detail: string): Error {
  return withRefusal(new errors.InvalidClientAuth(detail), 'client_authentication_failed', detail);
}

export function proofRefused(refusal: Refusal): Error {
  const error = new errors.InvalidDpopProof(proofMessages[refusal.code] ?? 'invalid DPoP proof');
  return withRefusal(error, refusal.code, refusal.detail);
}

const proofMessages: Partial<Record<RefusalCode, string>> = {
  proof_out_of_window: 'DPoP proof iat is not recent enough',
  proof_replayed: 'DPoP proof was used before',
};

/** 400 with a sentence of ours, which says what was wrong with the request. */
export function requestRefused(code: RefusalCode, sentence: string): Error {
  return withRefusal(new errors.InvalidRequest(sentence), code, sentence);
}

/** RFC 6749 §5.2: the operator lets other clients end that by its id. */
export function levelRefused(level: string): Error {
  const error = new errors.UnauthorizedClient('the client may not revoke by id');
  return withRefusal(error, 'client_not_allowed', `may_revoke of the client does not name ${level}`);
}

/** RFC 6749 §5.2: the authenticated client is not one that may do this. */
export function usageRefused(clientId: string): Error {
  const error = new errors.UnauthorizedClient('only resource servers report usage');
  return withRefusal(error, 'usage_not_yours', `${clientId} serves no resource`);
}

export function feedRefused(clientId: string): Error {
  const error = new errors.UnauthorizedClient('only resource servers hear of revocations');
  return withRefusal(error, 'feed_not_yours', `${clientId} serves no resource`);
}

/** 429; the caller has set Retry-After. `limit`: the setting, because whoever reached it has to know which. */
export function rateLimited(detail: string, limit?: string): Error {
  const named = limit === undefined ? '' : `; the limit is ${limit}`;
  const error = new errors.TemporarilyUnavailable(`too many requests, try again later${named}`);
  error.status = 429;
  error.statusCode = 429;
  error.expose = true;
  return withRefusal(error, 'rate_limited', detail);
}

/** 503 while the database is away or more wait for it than may, so that nobody mistakes our trouble for the client's (RFC 6749 §4.1.2.1). */
export function unavailable(cause: DatabaseUnavailable | BatchFull): Error {
  const error = new errors.TemporarilyUnavailable('the service is busy, try again shortly', { cause });
  error.status = 503;
  error.statusCode = 503;
  error.expose = true;
  error.allow_redirect = false;
  const code = cause instanceof BatchFull ? 'too_many_waiting' : 'database_unavailable';
  return withRefusal(error, code, cause.message);
}

/** Runs a store call for oidc-provider; what the database can't do becomes a 503 that oidc-provider understands. */
export async function throughStore<Value>(call: () => Promise<Value>): Promise<Value> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof DatabaseUnavailable || error instanceof BatchFull) throw unavailable(error);
    throw error;
  }
}

const codesByDetail: readonly [RegExp, RefusalCode][] = [
  [/Replay detected/, 'proof_replayed'],
  [/iat is not recent/, 'proof_out_of_window'],
  [/DPoP proof JWT not provided|missing DPoP/, 'proof_missing'],
  [/failed jkt verification/, 'token_wrong_key'],
  [/authorization code already consumed/, 'code_reused'],
  [/no client authentication mechanism provided/, 'client_authentication_missing'],
];

const codesByError: Readonly<Record<string, RefusalCode>> = {
  invalid_client: 'client_authentication_failed',
  invalid_dpop_proof: 'proof_invalid',
  use_dpop_nonce: 'nonce_required',
  invalid_grant: 'grant_invalid',
  invalid_target: 'resource_invalid',
  invalid_token: 'token_inactive',
  unauthorized_client: 'client_not_allowed',
  invalid_redirect_uri: 'redirect_uri_unregistered',
  unmet_authentication_requirements: 'authentication_unmet',
  temporarily_unavailable: 'database_unavailable',
};

/** The refusal that stands for an error that oidc-provider made or that we gave it. */
export function refusalOfError(error: Error): Refusal {
  const known = refusalOf.get(error);
  if (known) return known;
  const {
    error: name,
    error_detail: detail,
    error_description: description,
    expose,
  } = error as ProviderErrorShape;
  const reason = detail ?? description ?? error.message;
  if (expose !== true) return { code: 'server_error', detail: error.message };
  const byDetail = codesByDetail.find(([pattern]) => pattern.test(reason));
  if (byDetail) return { code: byDetail[1], detail: reason };
  return { code: codesByError[name ?? ''] ?? 'request_invalid', detail: reason };
}

interface ProviderErrorShape {
  readonly error?: string;
  readonly error_detail?: string;
  readonly error_description?: string;
  readonly expose?: boolean;
}
