import { matchesGlob } from '../../lib/glob.js';
import { isRecord } from '../../lib/json.js';
import { foldModel } from '../../lib/model-name.js';
import { modelGlobs } from '../outage-policy.js';
import type { ModelRequest, UsageSaid } from './api-style.js';

/** What the tokens of some models cost. */
export interface Price {
  /** Micro-dollars for a token: the same number as dollars for a million of them. */
  readonly input: number;
  readonly output: number;
  /** Most tokens of an answer whose request names none. */
  readonly maxTokens: number;
  /** Most tokens that one picture, sound or document is counted as. */
  readonly mediaTokens: number;
}

/** The price of a model; undefined: the list has none. */
export type PriceList = (model: string) => Price | undefined;

const defaults = { maxTokens: 4096, mediaTokens: 40_000 };
const known = new Set(['models', 'input', 'output', 'max_tokens', 'media_tokens']);

/**
 * Reads `[{ "models": ["gpt-5*"], "input": 1.25, "output": 10, "max_tokens": 16384 }]`; the first entry that fits counts.
 * Throws an Error that says what is wrong with it.
 */
export function readPrices(text: string): PriceList {
  const entries = parse(text).map((entry, index) => readEntry(entry, `entry ${index + 1}`));
  return (model) => {
    const folded = foldModel(model);
    if (folded === undefined) return undefined;
    return entries.find(({ globs }) => globs.some((glob) => matchesGlob(glob, folded)))?.price;
  };
}

/** No tokenizer finds more tokens than bytes. Undefined: the answer has no limit. */
export function highestCost(price: Price, request: ModelRequest, bytes: number): number | undefined {
  const { outputTokens, mediaParts, inputFactor = 1 } = request;
  if (outputTokens === undefined) return undefined;
  const input = bytes + mediaParts * price.mediaTokens;
  return Math.ceil(input * price.input * inputFactor + outputTokens * price.output);
}

export function costOf(price: Price, { inputTokens = 0, outputTokens = 0 }: UsageSaid): number {
  return Math.ceil(inputTokens * price.input + outputTokens * price.output);
}

function parse(text: string): readonly unknown[] {
  const value: unknown = JSON.parse(text);
  if (!Array.isArray(value) || value.length === 0)
    throw new Error('it must be a JSON array with an entry at least');
  return value;
}

function readEntry(entry: unknown, where: string) {
  if (!isRecord(entry)) throw new Error(`${where} must be an object`);
  const unknown = Object.keys(entry).find((name) => !known.has(name));
  if (unknown !== undefined)
    throw new Error(`${where}: ${unknown} is not a member (${[...known].join(', ')})`);
  const models = [entry['models']].flat();
  if (models.length === 0 || !models.every((glob) => typeof glob === 'string')) {
    throw new Error(`${where}: models must be globs, as ["gpt-5*"]`);
  }
  const amount = (name: string, fallback?: number): number => {
    const value = entry[name] ?? fallback;
    if (typeof value === 'number' && value >= 0 && Number.isFinite(value)) return value;
    throw new Error(`${where}: ${name} must be a number from 0`);
  };
  const price: Price = {
    input: amount('input'),
    output: amount('output'),
    maxTokens: Math.max(1, Math.floor(amount('max_tokens', defaults.maxTokens))),
    mediaTokens: amount('media_tokens', defaults.mediaTokens),
  };
  return { globs: modelGlobs(models as string[]), price };
}
