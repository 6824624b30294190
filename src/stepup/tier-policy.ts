import { acrLadder } from '../accounts/authentication.js';
import { matchesGlob, parseGlob, type Glob } from '../lib/glob.js';
import { foldModel } from '../lib/model-name.js';
import { currency, readDollars, writeDollars, type MicroDollars } from '../lib/money.js';
import type { CallingToken, CallVerdict, Denial, ModelCall, ModelCallDemand } from './call-verdict.js';
import { approvalsFor } from './paying-approvals.js';
import type { Tier } from './tiers.js';

const compiled = new WeakMap<
  readonly Tier[],
  readonly { readonly tier: Tier; readonly globs: readonly Glob[] }[]
>();

/** Once per snapshot, last tier first. */
function compile(tiers: readonly Tier[]) {
  const known = compiled.get(tiers);
  if (known) return known;
  const made = tiers
    .map((tier) => ({ tier, globs: tier.models.map((model) => parseGlob(foldModel(model) ?? '')) }))
    .reverse();
  compiled.set(tiers, made);
  return made;
}

/** The tier that a model belongs to, however it is spelled: the last that names it. Undefined: none does. */
export function tierOf(tiers: readonly Tier[], model: string): Tier | undefined {
  const name = foldModel(model);
  if (name === undefined) return undefined;
  return compile(tiers).find(({ globs }) => globs.some((glob) => matchesGlob(glob, name)))?.tier;
}

/** A paid tier is one that demands anything: an account that is held may call the others only. */
export function isPaid({ acr, max_age: maxAge, approval }: Tier): boolean {
  return acr !== undefined || maxAge !== undefined || approval !== 'none';
}

/**
 * Our own nodes' clocks may differ. What lies further ahead counts as too old: a date that our verification can't have
 * written proves nothing (law 5).
 */
const clocksApart = 10;

/** RFC 9470 §3: whether the login is as strong and as young as the tier demands. */
function isLoginEnough({ acr: demanded, max_age: maxAge }: Tier, { acr, authTime }: CallingToken, now: Date) {
  const rung = (value: string | undefined) => acrLadder.findIndex((known) => known === value);
  if (demanded !== undefined && rung(acr) < rung(demanded)) return false;
  if (maxAge === undefined) return true;
  if (authTime === undefined || !Number.isSafeInteger(authTime)) return false;
  const age = Math.floor(now.getTime() / 1000) - authTime;
  return age >= -clocksApart && age <= maxAge;
}

/** One cent: nobody is asked to approve a call up to $0.00. */
const leastAsked = 10_000;

/** What to ask for, so that this call goes through. */
export function approvalDemand(tier: Tier, cost: MicroDollars): ModelCallDemand | undefined {
  const demand = { type: 'model_call', tier: tier.id, expires_in: tier.approval_lifetime } as const;
  switch (tier.approval) {
    case 'none':
      return undefined;
    case 'session':
      return demand;
    case 'budget':
      return { ...demand, spend_limit: { currency, amount: writeDollars(budgetOf(tier)) } };
    case 'call':
      return {
        ...demand,
        spend_limit: { currency, amount: writeDollars(Math.max(cost, leastAsked)) },
        count: 1,
      };
  }
}

/** The most that one approval of the tier may allow; the config's checks see to it that there is one. */
function budgetOf({ budget }: Tier): MicroDollars {
  return readDollars(budget ?? '') ?? 0;
}

/** What is no matter of login or approval: asking the person for more would only send the client round in circles. */
function denialOf(tier: Tier, { token, maxCost, heldUntil, now }: ModelCall): Denial | undefined {
  // RFC 6749 §4.4: no person took part, so none can log in or approve.
  if (token.subject === undefined) {
    return tier.client_credentials ? undefined : { reason: 'client_acts_for_itself' };
  }
  if (heldUntil && heldUntil > now && isPaid(tier)) return { reason: 'account_held', until: heldUntil };
  if (tier.approval !== 'budget' && tier.approval !== 'call') return undefined;
  if (maxCost === undefined || !Number.isSafeInteger(maxCost) || maxCost < 0) {
    return { reason: 'max_cost_missing' };
  }
  const budget = budgetOf(tier);
  return tier.approval === 'budget' && maxCost > budget ? { reason: 'too_dear', budget } : undefined;
}

/** What becomes of one call of a model. Allowing by approval still needs the approval to be spent. */
export function judgeCall(tiers: readonly Tier[], call: ModelCall): CallVerdict {
  const tier = tierOf(tiers, call.model);
  if (!tier) return { verdict: 'denied', tier, reason: 'model_of_no_tier' };
  const denial = denialOf(tier, call);
  if (denial) return { verdict: 'denied', tier, ...denial };
  if (call.token.subject === undefined) return { verdict: 'allowed', tier };

  const cost = call.maxCost ?? 0;
  const otherwise = approvalDemand(tier, cost);
  const login = { acr: tier.acr, maxAge: tier.max_age };
  // A new login makes a new token, which carries only what is approved with it: so both are asked for at once.
  if (!isLoginEnough(tier, call.token, call.now)) {
    return { verdict: 'step_up', tier, login, approval: otherwise };
  }
  if (!otherwise) return { verdict: 'allowed', tier };
  const [first, ...more] = approvalsFor(tier, call, budgetOf(tier));
  return first
    ? { verdict: 'by_approval', tier, approvals: [first, ...more], cost, otherwise, login }
    : { verdict: 'approve', tier, approval: otherwise, login };
}
