import { serve } from '@hono/node-server';
import { readModelCall, type CallAdmission } from '@holdfast/gateway';
import { protectCalls } from '@holdfast/gateway/hono';
import { Hono } from 'hono';
import { guard } from './guard.js';

const read = readModelCall({ scope: ['model:call'], maxCost: 2000 });
const app = new Hono<{ Variables: { holdfast: CallAdmission } }>();
app.use(protectCalls(guard, { read }));
app.post('/v1/chat/completions', (context) => {
  const { call, token } = context.var.holdfast;
  return context.text(`${call.model} greets ${token.subject}`);
});

export const server = serve({ fetch: app.fetch, port: Number(process.env['PORT'] ?? 8080) });
