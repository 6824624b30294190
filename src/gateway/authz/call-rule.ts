import { accepted, refused, type Result } from '../../lib/result.js';

/**
 * What the operator's configuration says of the requests of one place, as parameters of the address that the proxy asks at.
 * A client writes headers, paths and bodies, but never that address.
 */
export interface CallRule {
  /** The model of every call here; `body`: the body names it; `none`: no model is called. */
  readonly model: { readonly named: string } | 'body' | 'none';
  /** The most that a call here may cost, in whole micro-dollars. */
  readonly maxCost?: number;
  readonly scope: readonly string[];
}

const known = new Set(['model', 'model_from', 'max_cost', 'scope']);
/** What can be handed on in a header, and is spelled in one way. */
const modelShape = /^[\x21-\x7e]{1,256}$/;

/** Reads `model=echo-fast&max_cost=2000&scope=model:call`, or `model_from=body`, or `model_from=none`. */
export function readCallRule(text: string): Result<CallRule> {
  // No form: a plus is a plus.
  const members = new URLSearchParams(text.replaceAll('+', '%2B'));
  const unknown = [...members.keys()].find((name) => !known.has(name));
  if (unknown !== undefined)
    return wrong('has a parameter that is none of model, model_from, max_cost, scope');
  const model = readModel(members.getAll('model'), members.getAll('model_from'));
  if (model === undefined) {
    return wrong('must say either model=NAME or model_from=body or model_from=none, once');
  }
  const [cost, ...costs] = members.getAll('max_cost');
  const maxCost = cost === undefined ? undefined : Number(cost);
  if (costs.length > 0 || (maxCost !== undefined && !isAmount(cost))) {
    return wrong('must say max_cost in whole micro-dollars, once');
  }
  const scope = members.getAll('scope').filter(Boolean);
  return accepted({ model, ...(maxCost !== undefined && { maxCost }), scope });
}

function readModel(names: readonly string[], sources: readonly string[]): CallRule['model'] | undefined {
  const [name] = names;
  const [source] = sources;
  if (names.length + sources.length !== 1) return undefined;
  if (name !== undefined) return isModelName(name) ? { named: name } : undefined;
  return source === 'body' || source === 'none' ? source : undefined;
}

export function isModelName(name: string): boolean {
  return modelShape.test(name);
}

function isAmount(text: string | undefined): boolean {
  return text !== undefined && /^\d{1,15}$/.test(text);
}

function wrong(what: string): Result<never> {
  return refused('proxy_misconfigured', `the address that the proxy asks at ${what}`);
}
