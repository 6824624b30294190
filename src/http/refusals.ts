import type { Context, Middleware } from 'koa';
import { harmless } from '../lib/harmless.js';
import { RefusalError, type Refusal } from '../lib/refusal.js';
import { DatabaseUnavailable } from '../lib/unavailable.js';
import type { Logger } from '../observability/logger.js';
import type { RefusalLog } from '../observability/refusal-log.js';
import type { AnswerRefusal } from './refusal-answer.js';
import { requestContext } from './request-context.js';

export interface RefusalsPorts {
  readonly answer: AnswerRefusal;
  readonly refusalLog: Pick<RefusalLog, 'note'>;
  readonly logger: Logger;
}

/**
 * The outermost middleware: whatever is thrown below becomes a refusal. What nobody expected is our bug and a 500;
 * it never looks like the client's mistake, and its stack goes to the log alone.
 */
export function refusalsMiddleware(ports: RefusalsPorts): Middleware {
  return async (ctx, next) => {
    try {
      await next();
      if (ctx.status === 404 && !ctx.body && !ctx.headerSent) refuse(ports, ctx, { code: 'not_found' });
    } catch (error) {
      if (ctx.headerSent) throw error;
      const refusal = refusalOf(error);
      if (refusal.code === 'server_error') {
        const { requestId } = requestContext(ctx.req);
        ports.logger.error(
          { err: error, request_id: requestId, path: harmless(ctx.path) },
          'unexpected error',
        );
      }
      refuse(ports, ctx, refusal);
    }
  };
}

/** Writes the answer to `refusal` into `ctx` and notes it for log, metrics and `holdfast explain`. */
function refuse({ answer, refusalLog }: RefusalsPorts, ctx: Context, refusal: Refusal): void {
  const { requestId } = requestContext(ctx.req);
  const call = { requestId, path: ctx.path, headers: ctx.req.headers };
  const { status, headers, body } = answer(refusal, call);
  ctx.status = status;
  ctx.set(headers);
  ctx.body = body;
  refusalLog.note(refusal, { requestId, method: ctx.method, path: ctx.path });
}

/** Also as oidc-provider's error, which a store's failure becomes on its way through the adapter. */
function isOutage(error: unknown): boolean {
  return (
    error instanceof DatabaseUnavailable ||
    (error instanceof Error && error.cause instanceof DatabaseUnavailable)
  );
}

function refusalOf(error: unknown): Refusal {
  if (error instanceof RefusalError) return error.refusal;
  if (isOutage(error)) return { code: 'database_unavailable' };
  // What Koa and its parts throw by `http-errors` and declare fit for the client.
  const { status, expose, message } = error as { status?: unknown; expose?: unknown; message?: unknown };
  if (expose === true && typeof status === 'number' && status >= 400 && status < 500) {
    const detail = String(message);
    if (status === 404) return { code: 'not_found', detail };
    if (status === 405) return { code: 'method_not_allowed', detail };
    if (status === 413) return { code: 'body_too_large', detail };
    return { code: 'request_malformed', detail };
  }
  return { code: 'server_error', detail: 'unexpected error' };
}
