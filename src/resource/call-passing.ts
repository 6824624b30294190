import type { AccountId } from '../accounts/account.js';
import type { CallVerdict, PayingApproval } from '../stepup/call-verdict.js';
import type { Tier } from '../stepup/tiers.js';
import { approvalChallenge, gateClosed } from './call-answer-policy.js';
import type { CallAnswer, RefusedCall } from './call-answer.js';
import type { GatedCall } from './call-gates.js';
import { mayPass, observed } from './call-observing.js';
import type { KnownCall } from './known-call.js';
import type { ResourcePorts } from './resource-ports.js';

type Payable = Extract<CallVerdict, { verdict: 'by_approval' }>;

/** By which a call passes: what an approval may pay for, or what is only observed. */
export type PassesBy =
  { readonly payable: Payable; readonly refused?: never } | { readonly refused: RefusedCall };

/** The last gates, in the order of what is hardest to take back: risk, money, and the approval that pays. */
export async function passGates(
  call: KnownCall,
  tier: Tier | undefined,
  ports: ResourcePorts,
  by?: PassesBy,
): Promise<CallAnswer> {
  const gated = gatedCall(call, tier?.id);
  const risk = await ports.risk.judge(gated);
  if (!risk.passes) return gateClosed(call, risk.code);
  const reserved = await ports.reservations.reserve(gated);
  if (!reserved.passes) return gateClosed(call, reserved.code);
  if (!(await deviceMayCall(call, tier, ports))) {
    await ports.reservations.release(call.id);
    return gateClosed(call, 'tier_devices_exceeded');
  }
  if (!by) return allowed(call);
  if (by.refused) return observed(call, by.refused, tier, ports);
  const { payable } = by;
  const paid = await payBy(payable, call, ports);
  if (paid) return allowed(call, paid);
  const challenge = approvalChallenge(call, payable.otherwise, payable.login);
  if (mayPass(call, challenge, tier, ports)) return observed(call, challenge, tier, ports);
  await ports.reservations.release(call.id);
  return challenge;
}

/** What would be refused passes all the gates but that one, or is refused. */
export function passIfObserved(
  call: KnownCall,
  refused: RefusedCall,
  tier: Tier | undefined,
  ports: ResourcePorts,
): Promise<CallAnswer> | RefusedCall {
  return mayPass(call, refused, tier, ports) ? passGates(call, tier, ports, { refused }) : refused;
}

function gatedCall({ id, token, resource, request }: KnownCall, tier: string | undefined): GatedCall {
  const { clientId, accountId } = token;
  const { model, maxCost, callerAddress } = request;
  return { id, clientId, accountId, resource, model, tier, maxCost, callerAddress };
}

/** What no person's device calls with (client_credentials) is not counted. */
async function deviceMayCall(
  { token, bound: thumbprint }: KnownCall,
  tier: Tier | undefined,
  { tierDevices, clock }: ResourcePorts,
): Promise<boolean> {
  const { accountId } = token;
  if (tier?.devices === undefined || accountId === undefined) return true;
  const now = new Date(clock.now());
  const use = { tier: tier.id, thumbprint, most: tier.devices, now };
  return tierDevices.use({ accountId: accountId as AccountId, ...use });
}

/** Law 2: each is spent, or not, by one statement of its own; the first that can pay does. */
async function payBy(
  { approvals, cost, tier }: Payable,
  { token, bound: jkt, resource }: KnownCall,
  { approvals: store, clock }: ResourcePorts,
): Promise<PayingApproval | undefined> {
  const { accountId, clientId } = token;
  if (accountId === undefined) return undefined;
  for (const approval of approvals) {
    const { id, spendLimit, count } = approval;
    const now = new Date(clock.now());
    // What she signed counts, also where the token says something else.
    const place = { clientId, jkt, resource, tier: tier.id };
    const use = { accountId: accountId as AccountId, ...place, cost, spendLimit, count, now };
    // One after the other: a second one is spent only if the first is not.
    // oxlint-disable-next-line no-await-in-loop
    if (await store.spend(id, use)) return approval;
  }
  return undefined;
}

function allowed({ id, introspection }: KnownCall, paidBy?: PayingApproval): CallAnswer {
  const approval = paidBy && { approval_id: paidBy.id };
  return { decision: 'allow', call_id: id, introspection, ...approval };
}
