import { readModelCall, type CallAdmission } from '@holdfast/gateway';
import { protectCalls } from '@holdfast/gateway/koa';
import Koa from 'koa';
import { guard } from './guard.js';

const read = readModelCall({ scope: ['model:call'], maxCost: 2000 });
const app = new Koa<{ holdfast: CallAdmission }>();
app.use(protectCalls(guard, { read }));
app.use((ctx) => {
  const { call, token } = ctx.state.holdfast;
  ctx.body = `${call.model} greets ${token.subject}`;
});

export const server = app.listen(process.env['PORT'] ?? 8080);
