import { isRecord } from '../lib/json.js';
import { repeatedName } from '../lib/json-names.js';
import { accepted, refused, type Result } from '../lib/result.js';
import type { GuardedCall } from './decision.js';

export interface ModelCallOptions {
  /** Every one of these scopes must be granted. */
  readonly scope?: readonly string[];
  /** The most that a call may cost, in micro-dollars (rounded up), or how it is told from the body. */
  readonly maxCost?: number | ((body: Readonly<Record<string, unknown>>) => number);
}

/** A `read` for the usual shape of a call: a JSON object whose member `model` names the model. */
export function readModelCall({ scope, maxCost }: ModelCallOptions = {}): (
  bytes: Uint8Array,
) => Result<GuardedCall> {
  return (bytes) => {
    const body = readJson(bytes);
    if (!body.ok) return body;
    const { model } = body.value;
    if (typeof model !== 'string') return refused('request_malformed', 'model: must be a string.');
    const cost = typeof maxCost === 'function' ? maxCost(body.value) : maxCost;
    // Told from what a client wrote, it may be anything; asked with that, the authorization server would seem to be at fault.
    if (cost !== undefined && !(cost >= 0 && cost <= Number.MAX_SAFE_INTEGER)) {
      return refused('request_malformed', 'What the call may cost at the most is no amount.');
    }
    return accepted({
      model,
      ...(cost !== undefined && { maxCost: Math.ceil(cost) }),
      ...(scope !== undefined && { scope }),
    });
  };
}

/**
 * The JSON object of a body. Whoever serves the call may read it by another parser, which keeps the first of two members of
 * one name (RFC 8259 §4) or takes `Model` for `model`; so what another could understand otherwise is refused.
 */
export function readJson(bytes: Uint8Array): Result<Readonly<Record<string, unknown>>> {
  const value = parseBody(bytes);
  if (!isRecord(value)) return refused('request_malformed', 'The body is no JSON object.');
  const twice = repeatedName(new TextDecoder().decode(bytes));
  if (twice === undefined) return accepted(value);
  return refused('request_malformed', 'A member of the body is there twice, or in two spellings.');
}

/** The JSON of a body, or its bytes where it is none. */
export function parseBody(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as unknown;
  } catch {
    return bytes;
  }
}
