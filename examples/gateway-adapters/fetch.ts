import { readModelCall } from '@holdfast/gateway';
import { protectCalls } from '@holdfast/gateway/fetch';
import { guard } from './guard.js';

const read = readModelCall({ scope: ['model:call'], maxCost: 2000 });
const fetch = protectCalls(
  guard,
  (_request, { call, token }) => new Response(`${call.model} greets ${token.subject}`),
  { read },
);

// For Bun, Deno, and whatever else serves a default export.
export default { fetch, port: Number(process.env['PORT'] ?? 8080) };
