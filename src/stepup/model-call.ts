import type { MicroDollars } from '../lib/money.js';
import type { ApprovalId } from './approval.js';

/** The type of `authorization_details` that approvals are asked for in (RFC 9396 §2). */
export const modelCallType = 'model_call';

/** The most calls that one approval may count. */
export const mostCalls = 10_000;

/** What a client asks for, validated, with the tier's own limits filled in. Exactly one stands in a request. */
export interface ModelCallRequest {
  /** The tier's id, also where models are named: they all belong to it. */
  readonly tier: string;
  /** Undefined: every model of the tier. */
  readonly models: readonly string[] | undefined;
  /** Undefined: no limit (approval `session`). */
  readonly spendLimit: MicroDollars | undefined;
  /** How many calls; undefined: any number. */
  readonly count: number | undefined;
  /** Seconds from the approval on. */
  readonly lifetime: number;
  /** In the client's own words; shown quoted. */
  readonly purpose: string | undefined;
  /** The resource indicator (RFC 8707) of the models' resource server. */
  readonly resource: string;
}

/** The wire's shape of what was granted (RFC 9396 §7): what was asked, and which approval it is. */
export interface GrantedModelCall {
  readonly type: typeof modelCallType;
  readonly approval_id: ApprovalId;
  readonly locations: readonly [string];
  readonly tier: string;
  readonly models?: readonly string[];
  readonly spend_limit?: { readonly currency: string; readonly amount: string };
  readonly count?: number;
  /** Seconds since the epoch. */
  readonly expires_at: number;
  readonly purpose?: string;
}
