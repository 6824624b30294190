import { AsyncLocalStorage } from 'node:async_hooks';
import type { IncomingMessage } from 'node:http';
import type { Middleware } from 'koa';

const requests = new AsyncLocalStorage<IncomingMessage>();

/** Lets whatever happens below ask for the request that it happens in, however deep it is. */
export const requestScope: Middleware = (ctx, next) => requests.run(ctx.req, next);

/** The request under way; undefined outside one, as in the command or a timer. */
export function requestUnderWay(): IncomingMessage | undefined {
  return requests.getStore();
}
