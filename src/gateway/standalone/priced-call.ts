import { accepted, refused, type Result } from '../../lib/result.js';
import type { GuardedCall } from '../decision.js';
import { readJson } from '../model-call.js';
import type { CallShape, Endpoint, ModelRequest } from './api-style.js';
import { highestCost, type Price, type PriceList } from './prices.js';
import { targetOf } from './target.js';

/** A call that was read and priced, and is ready to be sent. */
export interface PricedCall extends GuardedCall {
  readonly request: ModelRequest;
  readonly target: string;
  /** The very bytes that were judged. */
  readonly sent: string;
  readonly price: Price | undefined;
}

export interface Pricing {
  /** Undefined: nobody counts here. */
  readonly prices: PriceList | undefined;
  readonly scope: readonly string[];
  readonly moreMembers: ReadonlySet<string>;
}

/**
 * Threat 16: what is sent is written anew from what was judged, so of two members `model` the provider can't take the other,
 * and what was counted holds there, too.
 */
export function readCall(
  bytes: Uint8Array,
  requested: string,
  endpoint: Endpoint & { readonly call: CallShape },
  { prices, scope, moreMembers }: Pricing,
): Result<PricedCall> {
  const target = targetOf(endpoint, requested);
  if (!target.ok) return target;
  const body = readJson(bytes);
  if (!body.ok) return body;
  const [path = ''] = target.value.split('?');
  const defaultTokens = (model: string): number | undefined => prices?.(model)?.maxTokens;
  const read = endpoint.call.read({ body: body.value, path, defaultTokens, moreMembers });
  if (!read.ok) return read;
  const request = read.value;
  const sent = write(request.body);
  if (!sent.ok) return sent;
  const price = prices?.(request.model);
  if (prices && !price) return refused('model_of_no_tier', 'the price list has no entry for the model');
  const maxCost = price && highestCost(price, request, Buffer.byteLength(sent.value));
  if (maxCost !== undefined && !Number.isSafeInteger(maxCost)) {
    return refused('request_malformed', 'What the call may cost at the most is no amount.');
  }
  return accepted({
    model: request.model,
    scope,
    ...(maxCost !== undefined && { maxCost }),
    request,
    target: target.value,
    sent: sent.value,
    price,
  });
}

function write(body: object): Result<string> {
  try {
    return accepted(JSON.stringify(body));
  } catch {
    return refused('request_malformed', 'The body nests too deeply.');
  }
}
