import type { Acr } from '../accounts/authentication.js';
import type { MicroDollars } from '../lib/money.js';
import type { ApprovalId } from './approval.js';
import type { GrantedModelCall, modelCallType } from './model-call.js';
import type { Tier } from './tiers.js';

/** What the call's token says, and who holds it. */
export interface CallingToken {
  readonly clientId: string;
  /** Undefined: a client that acts for itself. */
  readonly subject: string | undefined;
  readonly acr: string | undefined;
  /** Seconds since the epoch. */
  readonly authTime: number | undefined;
  readonly modelCalls: readonly GrantedModelCall[];
}

export interface ModelCall {
  readonly token: CallingToken;
  /** As the client spelled it. */
  readonly model: string;
  /** The most that the call may cost, as the gateway says. */
  readonly maxCost: MicroDollars | undefined;
  /** Of the subject's account: paid tiers stay shut until then. */
  readonly heldUntil: Date | undefined;
  /** The resource indicator that the call goes to. */
  readonly resource: string;
  readonly now: Date;
}

/** What to ask the person for, in the shape of `authorization_details` (RFC 9396 §2). */
export interface ModelCallDemand {
  readonly type: typeof modelCallType;
  readonly tier: string;
  readonly spend_limit?: { readonly currency: string; readonly amount: string };
  readonly count?: number;
  /** Seconds. */
  readonly expires_in: number;
}

/** RFC 9470 §3: the strength and age of login that would do. */
export interface LoginDemand {
  readonly acr: Acr | undefined;
  /** Seconds. */
  readonly maxAge: number | undefined;
}

/** An approval that the token carries and that may pay for this call; limits as narrowed for it. */
export interface PayingApproval {
  readonly id: ApprovalId;
  /** Undefined: none. */
  readonly spendLimit: MicroDollars | undefined;
  readonly count: number | undefined;
}

export type Denial =
  | { readonly reason: 'model_of_no_tier' }
  /** It has no person who could log in or approve. */
  | { readonly reason: 'client_acts_for_itself' }
  | { readonly reason: 'account_held'; readonly until: Date }
  /** Dearer than any approval of the tier may allow. */
  | { readonly reason: 'too_dear'; readonly budget: MicroDollars }
  /** The gateway's own mistake: the tier counts money, and it names no highest cost. */
  | { readonly reason: 'max_cost_missing' };

export type CallVerdict =
  | { readonly verdict: 'allowed'; readonly tier: Tier }
  /** Allowed if one of the approvals can be spent, tried in this order; otherwise ask for what stands in `otherwise`. */
  | {
      readonly verdict: 'by_approval';
      readonly tier: Tier;
      readonly approvals: readonly [PayingApproval, ...PayingApproval[]];
      readonly cost: MicroDollars;
      readonly otherwise: ModelCallDemand;
      readonly login: LoginDemand;
    }
  /** The login is too weak or too old. `approval`: what will be needed as well, so that one answer can ask for both. */
  | {
      readonly verdict: 'step_up';
      readonly tier: Tier;
      readonly login: LoginDemand;
      readonly approval: ModelCallDemand | undefined;
    }
  | {
      readonly verdict: 'approve';
      readonly tier: Tier;
      readonly approval: ModelCallDemand;
      readonly login: LoginDemand;
    }
  | ({ readonly verdict: 'denied'; readonly tier: Tier | undefined } & Denial);
