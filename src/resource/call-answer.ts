import type { Brand } from '../lib/brand.js';
import type { RefusalCode } from '../lib/refusal.js';
import type { ModelCallDemand } from '../stepup/call-verdict.js';
import type { Introspection } from './introspection-policy.js';

/** `call_` and 22 base62 characters: names the call in logs; no secret. */
export type CallId = Brand<string, 'CallId'>;

/** What a resource server is told of one call (docs/CALLS.md). */
export type CallAnswer = AllowedCall | RefusedCall;

export interface AllowedCall {
  readonly decision: 'allow';
  readonly call_id: CallId;
  readonly introspection: Introspection;
  /** The approval that was spent for it. */
  readonly approval_id?: string;
  /** To be set as DPoP-Nonce on the answer (RFC 9449 §8.2). */
  readonly dpop_nonce?: string;
  /** It passes for now, and would be refused so by whoever enforces. */
  readonly would_refuse?: WouldRefuse;
  /** The call was made with a bearer credential of before: whose it is. */
  readonly legacy?: LegacyCaller;
}

/** What the client would have been told; `code` as in a refused call. */
export interface WouldRefuse {
  readonly code: RefusalCode;
  readonly decision: 'challenge' | 'deny';
  readonly status: number;
}

/** A bearer credential has no key, no client and no scopes of its own. */
export interface LegacyCaller {
  readonly sub: string;
  readonly scope: string;
  /** Seconds since the epoch: when it ends at the latest. */
  readonly exp: number;
}

/** `challenge`: the client can do something about it, and the body says what. `deny`: asking again changes nothing. */
export interface RefusedCall {
  readonly decision: 'challenge' | 'deny';
  readonly call_id: CallId;
  readonly introspection: Introspection;
  /** For the log: why, in our catalogue of refusals. */
  readonly code: RefusalCode;
  /** How to answer the client. The resource server adds its nonce. */
  readonly status: number;
  readonly www_authenticate: string;
  readonly body: RefusedCallBody;
  /** To be set as DPoP-Nonce on the answer. Present wherever Holdfast verified the proof and the token is for this server. */
  readonly dpop_nonce?: string;
}

/** In a batch: what the resource server itself asked wrongly. */
export interface MalformedCall {
  readonly error: 'invalid_request';
  readonly error_description: string;
}

export interface RefusedCallBody {
  readonly error: string;
  readonly error_description: string;
  /** RFC 9470 §3, as in the header. */
  readonly acr_values?: string;
  readonly max_age?: number;
  /** RFC 9396 §2: to be sent as it is in the next authorization request, or to the backchannel endpoint. */
  readonly authorization_details?: readonly (ModelCallDemand & { readonly locations: readonly [string] })[];
  /** Seconds since the epoch: until then the account may not call models of paid tiers. */
  readonly held_until?: number;
}
