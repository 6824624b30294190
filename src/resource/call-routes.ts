import type { Middleware } from 'koa';
import { requestRefused, throughStore } from '../provider/provider-error.js';
import { jsonMembers, providerRoute, type Provider } from '../provider/provider-route.js';
import { readCallQuestions } from './call-request.js';
import { answerCalls } from './call-service.js';
import { admitResourceServer, takeFromBudget } from './resource-server-admission.js';
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
    if (!questions.ok) throw requestRefused(questions.refusal.code, questions.refusal.detail ?? '');
    takeFromBudget(ctx, ports, questions.value.calls.length - 1);
    const { clientId } = ctx.oidc.client;
    const answer = await throughStore(() => answerCalls(ports, questions.value, clientId));
    if (!answer.ok) throw requestRefused(answer.refusal.code, answer.refusal.detail ?? '');
    ctx.body = answer.value;
  });
}
