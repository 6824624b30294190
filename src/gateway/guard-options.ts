import type { Clock } from '../lib/clock.js';
import type { Random } from '../lib/random.js';
import type { ProofPolicy } from '../proof/proof.js';
import type { AuthorizationServerOptions } from './authorization-server.js';
import type { OutageRule } from './outage-policy.js';
import type { UsageOptions } from './usage-report.js';

/**
 * `remote`: each request is one question to the authorization server, which verifies the proof as well; so a proof works
 * once at however many gateways, and all of them give the same nonces. `local`, the default: this process verifies proofs itself, with nonces and a memory of its own,
 * and what the authorization server said of a token is kept for as long as its revocation feed is heard.
 */
export type GuardMode = 'remote' | 'local';

export interface GuardOptions extends AuthorizationServerOptions {
  readonly mode?: GuardMode;
  /** The resource indicator that tokens must carry in `aud`. */
  readonly resource: string;
  /** Scheme, host and port under which clients reach this server; proofs must name it. Never taken from Host. */
  readonly publicUrl: string;
  readonly policy?: ProofPolicy;
  /**
   * Asks the authorization server also about calls of models that come with `Authorization: Bearer` and a credential that is
   * no token of ours. It lets pass what was imported there, on the cheapest tier and under a cap, for a while
   * (`dangerously_allow_bearer` there). Default false: every Bearer is refused here.
   */
  readonly dangerouslyAllowBearer?: boolean;
  /** Most proofs remembered at once. */
  readonly replayCapacity?: number;
  /** Where RFC 9728 metadata can be read. Default: where §3.1 says it lies for `resource`. */
  readonly resourceMetadata?: string;

  /** Local mode: what is kept of tokens. */
  readonly cache?: CacheOptions;
  /**
   * Local mode: globs of the models whose calls are decided here, by the token alone. Only for models whose tier demands
   * nothing and whose calls nobody counts: tier, approval, cap and risk are not asked. Default: none, so each call is asked about.
   */
  readonly localModels?: readonly string[];
  /** Local mode: the first rule that fits. Default: nobody gets in while the authorization server gives no answer. */
  readonly onOutage?: readonly OutageRule[];

  /** Whether to listen to the revocation feed, where the issuer's metadata names one. Default true. */
  readonly feed?: boolean;
  readonly streams?: StreamOptions;
  readonly usage?: UsageOptions;
  /** Told of what the operator should know: questions get no answer, the feed is lost or back, reports are lost. For a log. */
  readonly onNotice?: (notice: GuardNotice) => void;
  readonly clock?: Clock;
  readonly random?: Random;
}

export interface CacheOptions {
  /** Longest life of an answer about a token, also while the feed says nothing. At most 300; default 30. */
  readonly seconds?: number;
  /** Most tokens that are kept. Default 10,000. */
  readonly tokens?: number;
}

/** When running answers end (`Allowed.signal`). Defaults in docs/GATEWAY.md. */
export interface StreamOptions {
  /** How often the authorization server is asked about a token while no feed is heard. Default 5. */
  readonly recheckSeconds?: number;
  /** For how long an answer goes on whose token nobody could confirm. Default 15. */
  readonly unconfirmedSeconds?: number;
  /** For how long an answer may outlive its token while no feed is heard: nobody can be asked about it any more. Default 60. */
  readonly afterExpirySeconds?: number;
  /** Longest time that a token is watched for one answer. Default 3600. */
  readonly longestSeconds?: number;
}

export type GuardNotice =
  | { readonly kind: 'feed_heard' }
  /** A question got no clear answer, as in an outage or with a wrong secret; `questions`: how many since the last notice. */
  | { readonly kind: 'unanswered'; readonly questions: number; readonly detail: string }
  | { readonly kind: 'feed_lost' | 'journal_failed'; readonly detail: string }
  | { readonly kind: 'usage_lost' | 'usage_refused'; readonly callId: string; readonly detail: string }
  | { readonly kind: 'usage_delayed'; readonly waiting: number; readonly detail: string };
