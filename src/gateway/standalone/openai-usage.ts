import { isRecord } from '../../lib/json.js';
import type { MeterShape, UsageSaid } from './api-style.js';
import { countIn } from './counts.js';
import { objectsIn, type JsonObject } from './request-members.js';

/** Of chats and of plain completions. */
export const chatMeter: MeterShape = {
  usageOf: ({ usage }) => said(usage, 'prompt_tokens', 'completion_tokens'),
  textOf: ({ choices }) => objectsIn(choices).map(choiceText).join(''),
  onlyUsage: ({ choices, usage }) => Array.isArray(choices) && choices.length === 0 && isRecord(usage),
};

export const embeddingMeter: MeterShape = {
  usageOf: ({ usage }) => said(usage, 'prompt_tokens', 'completion_tokens'),
  textOf: () => '',
};

export const responseMeter: MeterShape = {
  usageOf: ({ usage, response }) =>
    said(isRecord(response) ? response['usage'] : usage, 'input_tokens', 'output_tokens'),
  textOf: ({ type, delta }) =>
    typeof delta === 'string' && typeof type === 'string' && type.endsWith('.delta') ? delta : '',
};

function said(usage: unknown, input: string, output: string): UsageSaid | undefined {
  return isRecord(usage)
    ? { ...countIn(usage, 'inputTokens', [input]), ...countIn(usage, 'outputTokens', [output]) }
    : undefined;
}

function choiceText({ delta, text }: JsonObject): string {
  if (typeof text === 'string') return text;
  if (!isRecord(delta)) return '';
  const { content, reasoning_content: thought, reasoning, tool_calls: calls } = delta;
  const texts = [content, thought, reasoning, ...objectsIn(calls).map(callText)];
  return texts.filter((each) => typeof each === 'string').join('');
}

function callText({ function: called }: JsonObject): unknown {
  return isRecord(called) ? called['arguments'] : undefined;
}
