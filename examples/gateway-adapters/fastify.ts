import { readModelCall } from '@holdfast/gateway';
import { callAdmissionOf, protectCalls } from '@holdfast/gateway/fastify';
import fastify from 'fastify';
import { guard } from './guard.js';

const read = readModelCall({ scope: ['model:call'], maxCost: 2000 });
const app = fastify();
app.addHook('preParsing', protectCalls(guard, { read }));
app.post('/v1/chat/completions', async (request) => {
  const { call, token } = callAdmissionOf(request);
  return `${call.model} greets ${token.subject}`;
});

await app.listen({ port: Number(process.env['PORT'] ?? 8080) });
export const { server } = app;
