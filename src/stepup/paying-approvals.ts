import { foldModel } from '../lib/model-name.js';
import { currency, readDollars, type MicroDollars } from '../lib/money.js';
import type { ModelCall, PayingApproval } from './call-verdict.js';
import { modelCallType, type GrantedModelCall } from './model-call.js';
import type { Tier } from './tiers.js';

/**
 * Which of the token's approvals may pay for the call, the one that ends first before the others. The tier as it is now
 * narrows them: a budget that was lowered holds for what was approved before, too.
 */
export function approvalsFor(tier: Tier, call: ModelCall, budget: MicroDollars): PayingApproval[] {
  return call.token.modelCalls
    .filter((granted) => isForCall(granted, tier, call))
    .toSorted((one, other) => one.expires_at - other.expires_at)
    .flatMap((granted) => narrow(granted, tier, budget) ?? [])
    .filter(({ spendLimit, count }) => {
      const affordable = spendLimit === undefined || (call.maxCost ?? Infinity) <= spendLimit;
      return affordable && (count === undefined || count > 0);
    });
}

/** RFC 9396 §9.1: it covers this resource and this model, and it has not ended. */
function isForCall(granted: GrantedModelCall, tier: Tier, { resource, model, now }: ModelCall): boolean {
  return (
    granted.type === modelCallType &&
    granted.tier === tier.id &&
    granted.locations.includes(resource) &&
    granted.expires_at * 1000 > now.getTime() &&
    (granted.models?.some((each) => foldModel(each) === foldModel(model)) ?? true)
  );
}

/** Undefined: it names no amount, but the tier has come to count money since; or an amount that we can't read. */
function narrow(granted: GrantedModelCall, tier: Tier, budget: MicroDollars): PayingApproval | undefined {
  const { approval_id: id, spend_limit: limit, count } = granted;
  const amount = limit?.currency === currency ? readDollars(limit.amount) : undefined;
  if (limit !== undefined && amount === undefined) return undefined;
  if (tier.approval === 'session') return { id, spendLimit: amount, count };
  if (amount === undefined) return undefined;
  return tier.approval === 'call'
    ? { id, spendLimit: amount, count: Math.min(count ?? 1, 1) }
    : { id, spendLimit: Math.min(amount, budget), count };
}
