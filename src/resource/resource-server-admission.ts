import type { IncomingMessage } from 'node:http';
import type { Config } from '../config/schema.js';
import { clientRefused, rateLimited } from '../provider/provider-error.js';
import type { AuthenticatedContext } from '../provider/provider-route.js';
import type { ResourcePorts } from './resource-ports.js';

/**
 * Lets in who may ask about tokens: an authenticated client within its budget. RFC 7662 §2.1: the caller is
 * authenticated, and anyone can give a public client's id.
 */
export function admitResourceServer(
  ctx: AuthenticatedContext,
  { takeIntrospection }: Pick<ResourcePorts, 'takeIntrospection'>,
): void {
  const { clientAuthMethod } = ctx.oidc.client;
  if (clientAuthMethod === 'none') throw clientRefused('public clients may not ask about tokens');
  takeFromBudget(ctx, { takeIntrospection }, 1);
}

/** As many as are asked about: the calls of a batch count as if each had come alone. */
export function takeFromBudget(
  ctx: AuthenticatedContext,
  { takeIntrospection }: Pick<ResourcePorts, 'takeIntrospection'>,
  count: number,
): void {
  const { clientId } = ctx.oidc.client;
  const paid = admitted.get(ctx.req) ?? 0;
  admitted.set(ctx.req, Math.max(0, paid - count));
  for (let taken = paid; taken < count; taken += 1) {
    const wait = takeIntrospection(clientId);
    if (wait === undefined) continue;
    ctx.set('Retry-After', String(wait));
    throw rateLimited(`introspections of ${clientId}`, 'limits.introspections_per_minute_per_client');
  }
}

const admitted = new WeakMap<IncomingMessage, number>();

/** A lane has taken it from the budget already, and then found that it has to take the long way. */
export function countAsAdmitted(request: IncomingMessage, count = 1): void {
  admitted.set(request, count);
}

/** Whether tokens of any resource may come to this client. */
export function servesResource({ resources }: Pick<Config, 'resources'>, clientId: string): boolean {
  return resources.some(({ resource_servers: servers }) => servers.includes(clientId));
}
