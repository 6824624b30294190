import type { Refusal, RefusalCode } from '../lib/refusal.js';
import type { Result } from '../lib/result.js';
import type { ActiveToken } from './active-token.js';
import type { Challenge } from './challenge.js';

/** A call of a model, as the resource server understands the request. */
export interface GuardedCall {
  /** The id of the model, as the client spells it. */
  readonly model: string;
  /** The most that the call may cost, in whole micro-dollars. Tiers that count money need it. */
  readonly maxCost?: number;
  /** Every one of these must be granted. */
  readonly scope?: readonly string[];
  /** Where the request came from, as the resource server knows it. Never what a header of the client's says. */
  readonly callerAddress?: string;
}

/** Reads the call from the request's body; refused with what is wrong with it. */
export type CallReader = () => Promise<Result<GuardedCall>>;

export interface Refused {
  readonly allowed: false;
  readonly refusal: Refusal;
  readonly challenge: Challenge;
}

export interface Allowed {
  readonly allowed: true;
  readonly token: ActiveToken;
  /** It passes only because the authorization server does not enforce yet; what it would be refused by. */
  readonly wouldRefuse?: RefusalCode;
  /** To be set on the answer. */
  readonly headers: Readonly<Record<string, string>>;
  /**
   * Aborts with a `TokenEnded` when the token dies while the answer is still being given (law 3: docs/GATEWAY.md has the
   * bounds). The token is watched from the first reading of this member until `end`.
   */
  readonly signal: AbortSignal;
  /** To be called when the answer has ended, so that the token is watched no longer. Does nothing a second time. */
  readonly end: () => void;
}

export type Decision = Allowed | Refused;
export type AllowedCall = Allowed & { readonly callId: string };
export type CallDecision = AllowedCall | Refused;
