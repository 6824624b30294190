import type { Middleware } from 'koa';
import { requestRefused, throughStore, usageRefused } from '../provider/provider-error.js';
import { jsonMembers, providerRoute, type Provider } from '../provider/provider-route.js';
import type { UsageReport } from '../usage/usage-report.js';
import { admitResourceServer, servesResource } from './resource-server-admission.js';
import type { ResourcePorts } from './resource-ports.js';
import { readUsageRequest, type UsageAnswer } from './usage-request.js';

/**
 * POST /usage: what became of authorized calls. A resource server reports at least once and may repeat itself, in
 * parallel and on any node: a call is counted once.
 */
export function usageRoute(provider: Provider, ports: ResourcePorts): Middleware {
  const route = {
    name: 'usage',
    path: '/usage',
    parameters: [],
    body: 'json',
    errorEvent: 'usage.error',
  } as const;
  return providerRoute(provider, route, async (ctx) => {
    admitResourceServer(ctx, ports);
    const { clientId } = ctx.oidc.client;
    // Only who serves a resource has calls to report.
    if (!servesResource(ports.config, clientId)) throw usageRefused(clientId);
    const request = readUsageRequest(jsonMembers(ctx));
    if (!request.ok) throw requestRefused(request.refusal.code, request.refusal.detail ?? '');
    const at = new Date(ports.clock.now());
    const recorded = await throughStore(() => ports.usage.record(clientId, request.value, at));
    ctx.body = answerTo(request.value, recorded);
  });
}

/** One answer per report, in the order of the request; of two that name one call in it, the second is the duplicate. */
function answerTo(reports: readonly UsageReport[], recorded: ReadonlySet<string>): UsageAnswer {
  const left = new Set(recorded);
  return {
    reports: reports.map(({ callId }) => ({
      call_id: callId,
      status: left.delete(callId) ? 'recorded' : 'duplicate',
    })),
  };
}
