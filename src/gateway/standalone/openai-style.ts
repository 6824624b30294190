import { isRecord } from '../../lib/json.js';
import { accepted, type Result } from '../../lib/result.js';
import type { ApiStyle, AskedCall, MeterShape, ModelRequest } from './api-style.js';
import { chatParts, responseParts, toolObjection } from './openai-content.js';
import {
  objection,
  readCount,
  readFlag,
  readModel,
  unknownMember,
  type JsonObject,
  type Parts,
} from './request-members.js';
import { chatMeter, embeddingMeter, responseMeter } from './openai-usage.js';

const words = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/));
const sampling =
  'temperature top_p stop seed presence_penalty frequency_penalty logit_bias logprobs user stream stream_options model';

/** What changes neither model nor price, beyond the tokens that are counted. */
const members = {
  chat: words(
    `${sampling} messages max_tokens max_completion_tokens n tools tool_choice parallel_tool_calls functions function_call ` +
      'response_format reasoning_effort verbosity top_logprobs safety_identifier prompt_cache_key metadata',
  ),
  responses: words(
    'model input instructions max_output_tokens stream stream_options tools tool_choice parallel_tool_calls temperature top_p ' +
      'top_logprobs text reasoning truncation include metadata user safety_identifier prompt_cache_key store',
  ),
  completions: words(`${sampling} prompt max_tokens n best_of echo suffix`),
  embeddings: words('model input dimensions encoding_format user'),
};

export interface OpenAiOptions {
  /** The member that limits chat answers where the client names none: OpenAI's newer models refuse `max_tokens`. */
  readonly limitMember: 'max_tokens' | 'max_completion_tokens';
}

/** What api.openai.com speaks, and vLLM, Ollama, OpenRouter and most others. */
export function openAiStyle({ limitMember }: OpenAiOptions): ApiStyle {
  const post = (path: string, read: (asked: AskedCall) => Result<ModelRequest>, meter: MeterShape) =>
    ({ method: 'POST', path, call: { read, meter } }) as const;
  const lists = { limit: /^\d{1,4}$/, after: /^[\w.:-]{1,256}$/ };
  return {
    endpoints: [
      post('/v1/chat/completions', (asked) => readChat(asked, limitMember), chatMeter),
      post('/v1/responses', readResponse, responseMeter),
      post('/v1/completions', readCompletion, chatMeter),
      post('/v1/embeddings', readEmbedding, embeddingMeter),
      { method: 'GET', path: '/v1/models', query: lists },
      { method: 'GET', path: /^\/v1\/models(\/(?!\.)[\w.:-]{1,256}){1,2}$/ },
    ],
    credentials: (key) => ({ authorization: `Bearer ${key}` }),
    passedFields: [],
  };
}

interface Reading {
  readonly known: ReadonlySet<string>;
  readonly parts: Parts;
  readonly limits: readonly string[];
  /** Written into a request that has no limit. */
  readonly limit: string;
  readonly answers?: (counts: (name: string) => number) => number;
}

function readChat(asked: AskedCall, limit: string): Result<ModelRequest> {
  return readTokens(asked, {
    known: members.chat,
    parts: chatParts(asked.body),
    limits: ['max_tokens', 'max_completion_tokens'],
    limit,
    answers: (count) => count('n'),
  });
}

function readCompletion(asked: AskedCall): Result<ModelRequest> {
  const { prompt } = asked.body;
  // An array of texts, or of arrays of tokens, is as many prompts; one of tokens is one.
  const prompts = Array.isArray(prompt) && typeof prompt[0] !== 'number' ? Math.max(1, prompt.length) : 1;
  return readTokens(asked, {
    known: members.completions,
    parts: { media: 0, objection: undefined },
    limits: ['max_tokens'],
    limit: 'max_tokens',
    answers: (count) => prompts * Math.max(count('n'), count('best_of')),
  });
}

function readResponse(asked: AskedCall): Result<ModelRequest> {
  const limits = ['max_output_tokens'];
  const reading = {
    known: members.responses,
    parts: responseParts(asked.body),
    limits,
    limit: 'max_output_tokens',
  };
  const request = readTokens(asked, reading);
  if (!request.ok) return request;
  const { hidesUsage: _, ...rest } = request.value;
  // Its last event tells what was used, asked or not.
  return accepted({ ...rest, body: withoutUsageWish(rest.body, asked.body) });
}

function readEmbedding({ body, moreMembers }: AskedCall): Result<ModelRequest> {
  const model = readModel(body);
  if (!model.ok) return model;
  const fine = objection(unknownMember(body, members.embeddings, moreMembers));
  if (!fine.ok) return fine;
  return accepted({ model: model.value, body, outputTokens: 0, mediaParts: 0, streams: false });
}

function readTokens(
  asked: AskedCall,
  { known, parts, limits, limit, answers }: Reading,
): Result<ModelRequest> {
  const { body, defaultTokens, moreMembers } = asked;
  const model = readModel(body);
  if (!model.ok) return model;
  const fine = objection(unknownMember(body, known, moreMembers) ?? toolObjection(body) ?? parts.objection);
  if (!fine.ok) return fine;
  const streams = readFlag(body, 'stream');
  if (!streams.ok) return streams;
  const counts = new Map<string, number | undefined>();
  for (const name of [...limits, 'n', 'best_of']) {
    const count = readCount(body, name);
    if (!count.ok) return count;
    counts.set(name, count.value);
  }
  // Of two limits a server may follow either, so the greater counts.
  const named = Math.max(...limits.map((name) => counts.get(name) ?? 0));
  const fallback = named > 0 ? undefined : defaultTokens(model.value);
  const most = named > 0 ? named : fallback;
  const times = answers?.((name) => counts.get(name) ?? 1) ?? 1;
  return accepted({
    model: model.value,
    body: withUsage({ ...body, ...(fallback !== undefined && { [limit]: fallback }) }, streams.value),
    outputTokens: most === undefined ? undefined : most * times,
    mediaParts: parts.media,
    streams: streams.value,
    hidesUsage: streams.value && !asksForUsage(body),
  });
}

function asksForUsage({ stream_options: options }: JsonObject): boolean {
  return isRecord(options) && options['include_usage'] === true;
}

/** What a stream used is said in its last chunk, but only to who asks. */
function withUsage(body: JsonObject, streams: boolean): JsonObject {
  if (!streams) return body;
  const { stream_options: options } = body;
  return { ...body, stream_options: { ...(isRecord(options) && options), include_usage: true } };
}

function withoutUsageWish(sent: JsonObject, { stream_options: options }: JsonObject): JsonObject {
  const { stream_options: _, ...rest } = sent;
  return isRecord(options) ? { ...rest, stream_options: options } : rest;
}
