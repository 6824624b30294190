import type { Tier } from '../stepup/tiers.js';
import type { CallAnswer, CallId, RefusedCall } from './call-answer.js';
import { isObserved } from './enforcement-policy.js';
import { viewOf } from './introspection-view.js';
import type { KnownCall } from './known-call.js';
import type { ObservedCall } from './observation.js';
import type { ResourcePorts } from './resource-ports.js';

/** Whether what is refused so is only observed. */
export function mayPass(
  { resource, token }: KnownCall,
  { code }: RefusedCall,
  tier: Tier | undefined,
  ports: ResourcePorts,
): boolean {
  const place = { resource: viewOf(ports, '').resource(resource), tier, heldUntil: token.paidTiersHeldUntil };
  return isObserved(code, place, ports.clock.now());
}

/** Served all the same; counted, and told to the resource server. */
export function observed(
  { id, introspection, token, resource }: KnownCall,
  { code, decision, status }: RefusedCall,
  tier: Tier | undefined,
  ports: ResourcePorts,
): CallAnswer {
  const { clientId, accountId } = token;
  tellObserved(ports, id, { resource, tier: tier?.id, code, clientId, accountId });
  return { decision: 'allow', call_id: id, introspection, would_refuse: { code, decision, status } };
}

/** By log, metric and report. */
export function tellObserved(
  { observations, events, metrics }: Pick<ResourcePorts, 'observations' | 'events' | 'metrics'>,
  callId: CallId,
  call: ObservedCall,
): void {
  observations.note(call);
  metrics.callObserved({ code: call.code, tier: call.tier });
  const { code: refusal, ...facts } = call;
  events.callObserved({ callId, refusal, ...facts });
}
