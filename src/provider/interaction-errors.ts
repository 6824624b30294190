import type { Context, Middleware } from 'koa';
import { type Refusal, RefusalError } from '../lib/refusal.js';
import { DatabaseUnavailable } from '../lib/unavailable.js';
import { refusalOfError } from './provider-error.js';

/** Turns whatever a route throws into its refusal, and has it answered. */
export function answerThrown(
  answerRefusal: (ctx: Context, refusal: Refusal, error: Error) => void,
): Middleware {
  return async (ctx, next) => {
    try {
      await next();
    } catch (thrown) {
      const error = thrown instanceof Error ? thrown : new Error(String(thrown));
      answerRefusal(ctx, refusalOfThrown(error), error);
    }
  };
}

function refusalOfThrown(error: Error): Refusal {
  if (error instanceof RefusalError) return error.refusal;
  if (error instanceof DatabaseUnavailable) return { code: 'database_unavailable', detail: error.message };
  return refusalOfError(error);
}
