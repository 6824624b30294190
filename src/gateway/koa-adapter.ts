/* `holdfast/gateway/koa`: middleware that leaves the admission in `ctx.state.holdfast`. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { admit, admitCall, type CallOptions, type ProtectOptions, type Verdict } from './admission.js';
import type { GuardedCall } from './decision.js';
import type { Guard } from './guard.js';
import { watchAnswer, readHeldBody, visitOf } from './node-exchange.js';

/** As much of Koa's context as is used here. */
export interface KoaContext {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly originalUrl: string;
  readonly request: object;
  readonly state: object;
  status: number;
  body: unknown;
  set(fields: Record<string, string>): void;
}

export type KoaMiddleware<Context> = (context: Context, next: () => Promise<unknown>) => Promise<void>;

/** Lets only allowed requests through to what comes after it. */
export function protect<Context extends KoaContext>(
  guard: Guard,
  options: ProtectOptions<Context> = {},
): KoaMiddleware<Context> {
  return async (context, next) => {
    if (answer(context, await admit(guard, visitOf(exchangeOf(context), context), options))) await next();
  };
}

/** The same for calls of models. The body is read here; what comes after finds it parsed in `ctx.request.body`. */
export function protectCalls<Context extends KoaContext, Call extends GuardedCall>(
  guard: Guard,
  options: CallOptions<Context, Call>,
): KoaMiddleware<Context> {
  return async (context, next) => {
    const readBody = (limit: number) => readHeldBody(context.req, context.request, limit);
    const visit = { ...visitOf(exchangeOf(context), context), readBody };
    if (answer(context, await admitCall(guard, visit, options))) await next();
  };
}

function exchangeOf({ req, res, originalUrl }: KoaContext) {
  return { request: req, response: res, target: originalUrl };
}

/** Whether the request may be served; else it is answered here. */
function answer(context: KoaContext, verdict: Verdict<object>): boolean {
  if (verdict.admitted) {
    context.set(verdict.headers);
    watchAnswer(context.res, verdict.watch);
    Object.assign(context.state, { holdfast: verdict.admission });
    return true;
  }
  const { status, headers, body } = verdict.answer;
  context.status = status;
  if (status !== 204) context.body = body;
  context.set(headers);
  return false;
}
