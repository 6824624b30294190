import { readModelCall } from '@holdfast/gateway';
import { callAdmissionOf, protectCalls } from '@holdfast/gateway/express';
import express from 'express';
import { guard } from './guard.js';

const read = readModelCall({ scope: ['model:call'], maxCost: 2000 });
const app = express();
app.use(protectCalls(guard, { read }));
app.post('/v1/chat/completions', (request, response) => {
  const { call, token } = callAdmissionOf(request);
  response.send(`${call.model} greets ${token.subject}`);
});

export const server = app.listen(process.env['PORT'] ?? 8080);
