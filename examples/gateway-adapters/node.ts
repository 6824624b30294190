import { createServer } from 'node:http';
import { readModelCall } from '@holdfast/gateway';
import { protectCalls } from '@holdfast/gateway/node';
import { guard } from './guard.js';

const read = readModelCall({ scope: ['model:call'], maxCost: 2000 });
const chat = protectCalls(
  guard,
  (_request, response, { call, token }) => void response.end(`${call.model} greets ${token.subject}`),
  { read },
);

export const server = createServer(chat).listen(process.env['PORT'] ?? 8080);
