import { backchannelRefusals } from './backchannel-refusals.js';
import { clientRefusals } from './client-refusals.js';
import { deviceSessionRefusals } from './device-session-refusals.js';
import { exchangeRefusals } from './exchange-refusals.js';
import { personRefusals } from './person-refusals.js';
import { resourceServerRefusals } from './resource-server-refusals.js';

/*
 * The catalogue of refusals. Each has a stable code: docs/ERRORS.md is made from this table, logs and
 * `holdfast explain` speak in codes, the wire speaks only the standard's `error` and a vague sentence.
 */
export interface RefusalEntry {
  /** HTTP status on the wire. */
  readonly status: number;
  /** The standard's error name on the wire. */
  readonly error: string;
  /** What the stranger is told. */
  readonly says: string;
  /** What the owner (developer or operator) is told in log, `explain` and ERRORS.md: cause and cure. */
  readonly help: string;
}

export const refusals = {
  server_error: {
    status: 500,
    error: 'server_error',
    says: 'Something went wrong on our side.',
    help: 'A bug of ours. The log holds the stack trace under this request id.',
  },
  database_unavailable: {
    status: 503,
    error: 'temporarily_unavailable',
    says: 'The service is busy. Try again shortly.',
    help: 'The database does not answer. Holdfast recovers by itself when it is back; check DATABASE_URL and the server.',
  },
  too_many_waiting: {
    status: 503,
    error: 'temporarily_unavailable',
    says: 'Too many requests wait for the database. Try again shortly.',
    help: 'As many lookups wait as may (introspection.waiting): the database is slower than what is asked of it.',
  },
  not_found: {
    status: 404,
    error: 'not_found',
    says: 'There is nothing at this address.',
    help: 'No route matches. Endpoints are listed in /.well-known/openid-configuration.',
  },
  method_not_allowed: {
    status: 405,
    error: 'invalid_request',
    says: 'This address does not take that method.',
    help: 'The Allow header names the methods.',
  },
  body_too_large: {
    status: 413,
    error: 'invalid_request',
    says: 'The request body is too large.',
    help: 'Bodies are limited to 56 kB (limits.body_bytes).',
  },
  request_malformed: {
    status: 400,
    error: 'invalid_request',
    says: 'The request is malformed.',
    help: 'The detail names the parameter or the part that could not be read.',
  },
  key_revoked: {
    status: 400,
    error: 'invalid_grant',
    says: 'This key was revoked.',
    help: 'Somebody ran `holdfast revoke --key` on it: no token is ever made for it again. The app makes a new key and asks the person to sign in.',
  },
  parameter_duplicated: {
    status: 400,
    error: 'invalid_request',
    says: 'A parameter was sent more than once.',
    help: 'RFC 6749 §3.1: parameters MUST NOT be included more than once.',
  },
  rate_limited: {
    status: 429,
    error: 'temporarily_unavailable',
    says: 'Too many requests. Try again later.',
    help: 'A limit of the limits section was reached; the detail names it. Retry-After says when to come back.',
  },
  proof_oversized: {
    status: 400,
    error: 'invalid_dpop_proof',
    says: 'The DPoP proof is not acceptable.',
    help: 'A proof may be 4 kB long and its jti 128 characters (limits.proof_bytes, limits.jti_characters); larger ones are refused before any cryptography.',
  },
  proof_duplicated: {
    status: 400,
    error: 'invalid_dpop_proof',
    says: 'The DPoP proof is not acceptable.',
    help: 'RFC 9449 §4.3: exactly one DPoP header field.',
  },
  proof_malformed: {
    status: 400,
    error: 'invalid_dpop_proof',
    says: 'The DPoP proof is not acceptable.',
    help: 'The DPoP header is not a JWT of type dpop+jwt with jwk, jti, htm, htu and iat (RFC 9449 §4.2).',
  },
  proof_missing: {
    status: 400,
    error: 'invalid_dpop_proof',
    says: 'A DPoP proof is required.',
    help: 'Tokens that can spend are bound to a key (law 1): send a DPoP header (RFC 9449).',
  },
  proof_invalid: {
    status: 400,
    error: 'invalid_dpop_proof',
    says: 'The DPoP proof is not acceptable.',
    help: 'Signature, htm, htu, ath or algorithm do not match; the detail says which (RFC 9449 §4.3).',
  },
  proof_out_of_window: {
    status: 400,
    error: 'invalid_dpop_proof',
    says: 'The DPoP proof is not acceptable.',
    help: 'iat lies outside the window. Check the clock of the client: 300 s back and 10 s ahead are taken (dpop.window_past, dpop.window_future).',
  },
  proof_replayed: {
    status: 400,
    error: 'invalid_dpop_proof',
    says: 'The DPoP proof is not acceptable.',
    help: 'A proof works once (RFC 9449 §11.1). If the client did not retry it, someone copied it.',
  },
  replay_memory_full: {
    status: 503,
    error: 'temporarily_unavailable',
    says: 'The service is busy. Try again shortly.',
    help: 'The gateway remembers as many proofs as it may; it refuses rather than forget one. Give it more capacity.',
  },
  nonce_required: {
    status: 400,
    error: 'use_dpop_nonce',
    says: 'Use the nonce of the DPoP-Nonce header.',
    help: 'Normal on a first call: repeat the request with the nonce in the proof (RFC 9449 §8).',
  },
  token_malformed: {
    status: 401,
    error: 'invalid_token',
    says: 'The access token is not valid.',
    help: 'The value does not have the shape of one of our tokens; the database was not asked.',
  },
  token_inactive: {
    status: 401,
    error: 'invalid_token',
    says: 'The access token is not valid.',
    help: 'Unknown, expired, revoked, or made for another resource server.',
  },
  token_missing: {
    status: 401,
    error: 'invalid_token',
    says: 'An access token is required.',
    help: 'The request carried no Authorization: DPoP header.',
  },
  token_presented_as_bearer: {
    status: 401,
    error: 'invalid_token',
    says: 'The access token is not valid.',
    help: 'RFC 9449 §7.2: a bound token was presented as Bearer. The client must send Authorization: DPoP and a proof; otherwise the token was stolen.',
  },
  token_wrong_key: {
    status: 401,
    error: 'invalid_token',
    says: 'The access token is not valid.',
    help: 'The proof is signed by another key than the one the token is bound to. The token was probably stolen.',
  },
  scope_insufficient: {
    status: 403,
    error: 'insufficient_scope',
    says: 'The access token does not allow this.',
    help: 'The token lacks a scope that the resource server demands; the challenge names it (RFC 6750 §3.1).',
  },
  step_up_required: {
    status: 401,
    error: 'insufficient_user_authentication',
    says: 'This model needs a stronger or more recent sign-in.',
    help: 'RFC 9470: the token is of a login that is too weak or too old for the tier of the model. The client asks for a new token with the acr_values and max_age of the challenge; refreshing changes nothing.',
  },
  approval_required: {
    status: 403,
    error: 'insufficient_authorization_details',
    says: 'The person must approve this call first.',
    help: 'The token carries no approval that covers this call, or what it carried is spent. The client asks for the authorization_details of the answer (docs/CALLS.md).',
  },
  call_too_dear: {
    status: 403,
    error: 'access_denied',
    says: 'The call may cost more than can be approved.',
    help: 'The highest cost of the call is over the budget of its tier (tiers.budget). Ask for less, max_tokens for instance.',
  },
  model_of_no_tier: {
    status: 403,
    error: 'access_denied',
    says: 'The model is not offered.',
    help: 'No tier names the model (tiers.models).',
  },
  client_without_person: {
    status: 403,
    error: 'access_denied',
    says: 'This model needs a person who is signed in.',
    help: 'A client that acts for itself may call models of a tier only where client_credentials allows it (tiers.client_credentials).',
  },
  account_held: {
    status: 403,
    error: 'access_denied',
    says: 'The account was recovered recently, so models of this tier are still shut.',
    help: 'Paid tiers stay shut for a time after a recovery (accounts.recovery_hold); the answer says when they open.',
  },
  tier_devices_exceeded: {
    status: 403,
    error: 'access_denied',
    says: 'This model cannot be called from here now.',
    help: 'As many other devices of the account as the tier allows have called its models within 24 hours (tiers.devices). One of them is free again a day after its last call.',
  },
  call_refused: {
    status: 403,
    error: 'access_denied',
    says: 'The call is not allowed.',
    help: 'The authorization server refused the call for a reason that this version of the gateway does not know; its own log says more under the call_id.',
  },
  max_cost_missing: {
    status: 400,
    error: 'invalid_request',
    says: 'The highest cost of the call is required for this model.',
    help: 'The tier of the model counts money, so the resource server must say what the call may cost at the most (max_cost, micro-dollars).',
  },
  authorization_server_unavailable: {
    status: 503,
    error: 'temporarily_unavailable',
    says: 'The service is busy. Try again shortly.',
    help: 'The gateway could not introspect the token, so it let nobody in; the detail says what the authorization server did.',
  },
  ...clientRefusals,
  grant_invalid: {
    status: 400,
    error: 'invalid_grant',
    says: 'The grant is not valid.',
    help: 'The code or refresh token is unknown, expired, used, revoked, or of another client; the detail says which.',
  },
  code_reused: {
    status: 400,
    error: 'invalid_grant',
    says: 'The grant is not valid.',
    help: 'RFC 6749 §4.1.2: an authorization code was presented twice; every token of its grant was revoked.',
  },
  refresh_token_reused: {
    status: 400,
    error: 'invalid_grant',
    says: 'The grant is not valid.',
    help: 'A refresh token with a successor was presented again after the 10 s grace; its whole family was revoked.',
  },
  refresh_token_wrong_key: {
    status: 400,
    error: 'invalid_grant',
    says: 'The grant is not valid.',
    help: 'A refresh token was presented with another key than its own: a sign of theft, counted as token_misuse.',
  },
  resource_invalid: {
    status: 400,
    error: 'invalid_target',
    says: 'The resource is not known.',
    help: 'RFC 8707: name one resource of the config by its identifier.',
  },
  authorization_details_invalid: {
    status: 400,
    error: 'invalid_authorization_details',
    says: 'The authorization_details are not valid.',
    help: 'RFC 9396 §5: an unknown type, an unknown, missing or malformed field, or more than the tier allows. The error_description names the field; docs/APPROVALS.md has them all.',
  },
  request_invalid: {
    status: 400,
    error: 'invalid_request',
    says: 'The request is not valid.',
    help: 'The request breaks a rule of its endpoint; the reason says which, in the words of oidc-provider.',
  },
  redirect_uri_unregistered: {
    status: 400,
    error: 'invalid_redirect_uri',
    says: 'The address to return to is not registered.',
    help: 'RFC 9700 §2.1: redirect URIs match exactly; only the port of a native client’s loopback address is free.',
  },
  authentication_unmet: {
    status: 400,
    error: 'unmet_authentication_requirements',
    says: 'The sign-in is not as strong as the app asked for.',
    help: 'RFC 9470 §5: acr_values or an essential acr asked for more than the login reached, or than any login here can reach (the detail says which). acr_values_supported of discovery lists what can be had; a passkey that was just added is held for accounts.new_passkey_hold.',
  },
  ...backchannelRefusals,
  ...exchangeRefusals,
  ...deviceSessionRefusals,
  ...resourceServerRefusals,
  ...personRefusals,
} as const satisfies Record<string, RefusalEntry>;

export type RefusalCode = keyof typeof refusals;

/** One refusal: its code, and in `detail` the full reason for the log. The detail never reaches a stranger. */
export interface Refusal {
  readonly code: RefusalCode;
  readonly detail?: string;
  /** The setting of the limit that was reached; its owner is told. */
  readonly limit?: string;
  /** Seconds after which trying again has a chance; told in Retry-After. */
  readonly retryAfter?: number;
}

/** What a loopback issuer adds to an error's JSON: the developer before it is the owner (law 8). */
export function explanationOf({ code, detail }: Refusal): Readonly<Record<string, string>> {
  return {
    holdfast_code: code,
    holdfast_help: refusals[code].help,
    ...(detail === undefined ? {} : { holdfast_detail: detail }),
  };
}

/** A refusal on its way up to the edge, for the paths that oidc-provider or Koa make us leave by throwing. */
export class RefusalError extends Error {
  readonly refusal: Refusal;

  constructor(refusal: Refusal, options?: ErrorOptions) {
    super(refusal.detail ?? refusal.code, options);
    this.name = 'RefusalError';
    this.refusal = refusal;
  }
}

export function refuse(code: RefusalCode, detail?: string): RefusalError {
  return new RefusalError(detail === undefined ? { code } : { code, detail });
}
