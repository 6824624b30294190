import type { Refusal, RefusalCode } from './refusal.js';

/** Either what was asked for or the refusal; expected refusals are values, not exceptions. */
export type Result<Value> =
  { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly refusal: Refusal };

export function accepted<Value>(value: Value): Result<Value> {
  return { ok: true, value };
}

export function refused(code: RefusalCode, detail?: string): Result<never> {
  return { ok: false, refusal: detail === undefined ? { code } : { code, detail } };
}

/** `rate_limited`, and when to come back. `what` names the limit. */
export function refusedFor(seconds: number, what: string): Result<never> {
  return {
    ok: false,
    refusal: { code: 'rate_limited', detail: `${what}: wait ${seconds} s`, retryAfter: seconds },
  };
}
