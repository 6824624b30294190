import type { Middleware } from 'koa';
import { requestRefused } from '../provider/provider-error.js';
import { jsonMembers, providerRoute, type Provider } from '../provider/provider-route.js';
import { readCallQuestions } from './call-request.js';
import { answerCalls } from './call-service.js';
import { admitResourceServer } from './resource-server-admission.js';
import type { ResourcePorts } from './resource-ports.js';

/** POST /calls: whether a resource server may serve a call of a model, and what to tell the client if not. */
export function callRoute(provider: Provider, ports: ResourcePorts): Middleware {
  const route = {
    name: 'calls',
    path: '/calls',
    parameters: [],
    body: 'json',
    errorEvent: 'calls.error',
  } as const;
  return providerRoute(provider, route, async (ctx) => {
    admitResourceServer(ctx, ports);
    const questions = readCallQuestions(jsonMembers(ctx));
    const answer = questions.ok
      ? await answerCalls(ports, questions.value, ctx.oidc.client.clientId)
      : questions;
    if (!answer.ok) throw requestRefused(answer.refusal.code, answer.refusal.detail ?? '');
    ctx.body = answer.value;
  });
}
