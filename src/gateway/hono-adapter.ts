/* `holdfast/gateway/hono`: middleware that leaves the admission in the variable `holdfast`. */
import { admit, admitCall, type CallOptions, type ProtectOptions, type Verdict } from './admission.js';
import { readBody, serve, toResponse, visitOf, withBody } from './fetch-exchange.js';
import type { GuardedCall } from './decision.js';
import type { Guard } from './guard.js';

/** As much of Hono's context as is used here. */
export interface HonoContext {
  readonly req: { raw: Request };
  res: Response;
  set(name: never, value: never): void;
}

export type HonoMiddleware<Context> = (
  context: Context,
  next: () => Promise<void>,
) => Promise<Response | undefined>;

/** Lets only allowed requests through to what comes after it. */
export function protect<Context extends HonoContext>(
  guard: Guard,
  options: ProtectOptions<Context> = {},
): HonoMiddleware<Context> {
  return async (context, next) =>
    answer(context, next, await admit(guard, visitOf(context.req.raw, context), options));
}

/** The same for calls of models. The body is read here; what comes after can read it again. */
export function protectCalls<Context extends HonoContext, Call extends GuardedCall>(
  guard: Guard,
  options: CallOptions<Context, Call>,
): HonoMiddleware<Context> {
  return async (context, next) => {
    const { req } = context;
    const request = req.raw;
    const read = async (limit: number) => {
      const body = await readBody(request, limit);
      if (body.ok) req.raw = withBody(request, body.value);
      return body;
    };
    const visit = { ...visitOf(request, context), readBody: read };
    return answer(context, next, await admitCall(guard, visit, options));
  };
}

async function answer(
  context: HonoContext,
  next: () => Promise<void>,
  verdict: Verdict<object>,
): Promise<Response | undefined> {
  if (!verdict.admitted) return toResponse(verdict.answer);
  context.set('holdfast' as never, verdict.admission as never);
  context.res = await serve(verdict, async () => {
    await next();
    return context.res;
  });
  return undefined;
}
