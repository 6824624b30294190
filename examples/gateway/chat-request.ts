import { z } from 'zod';
import { accepted, refused, type Result } from '../../src/gateway/index.js';
import { harmless } from '../../src/lib/harmless.js';

// Text alone: an image or a file of a few bytes of address costs thousands of tokens.
const part = z.object({ type: z.literal('text', 'must be text'), text: z.string() });
const message = z.object({
  role: z.enum(['system', 'developer', 'user', 'assistant', 'tool']),
  content: z.union([z.string(), z.array(part)]).nullish(),
  name: z.string().optional(),
  tool_calls: z.array(z.unknown()).optional(),
  tool_call_id: z.string().optional(),
});
// What runs at the client. A tool of the upstream's own has a price that is not counted in tokens.
const tool = z.looseObject({ type: z.literal('function', 'must be function') });

/** Most tokens that an answer may have. */
const mostTokens = 8192;
const defaultTokens = 1024;
const tokens = z.int().min(1).max(mostTokens).nullish();

/*
 * Threat 16: what is not known here is refused, not passed on. To some upstreams `models`, `fallbacks` or `route` name
 * another model than the one that was judged, and `service_tier`, `audio` or `web_search_options` another price.
 */
const chatRequestSchema = z.strictObject({
  model: z.string().min(1).max(256),
  max_tokens: tokens,
  max_completion_tokens: tokens,
  // Each answer costs, so one is all that the highest cost counts.
  n: z.literal(1).nullish(),
  messages: z.array(message).min(1).max(1000),
  stream: z.boolean().nullish(),
  stream_options: z.object({ include_usage: z.boolean().optional() }).nullish(),
  tools: z.array(tool).nullish(),
  ...asTheyAre([
    'temperature',
    'top_p',
    'stop',
    'seed',
    'presence_penalty',
    'frequency_penalty',
    'logit_bias',
    'logprobs',
    'top_logprobs',
    'response_format',
    'tool_choice',
    'parallel_tool_calls',
    'reasoning_effort',
    'user',
  ]),
});

/** Members that change neither model nor price, beyond the tokens that are counted. */
function asTheyAre<Name extends string>(names: readonly Name[]): Record<Name, z.ZodOptional<z.ZodUnknown>> {
  return Object.fromEntries(names.map((name) => [name, z.unknown().optional()])) as never;
}

export type ChatRequest = z.output<typeof chatRequestSchema>;
type ChatMessage = ChatRequest['messages'][number];

/** The request, or one sentence on what is wrong with it. */
export function readChatRequest(body: string): Result<ChatRequest> {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return refused('request_malformed', 'The body is not JSON.');
  }
  const parsed = chatRequestSchema.safeParse(value);
  if (parsed.success) return accepted(parsed.data);
  const [issue] = parsed.error.issues;
  if (issue?.code === 'unrecognized_keys') {
    return refused('request_malformed', `${harmless(issue.keys[0] ?? '')}: is not passed on.`);
  }
  return refused('request_malformed', `${issue?.path.join('.') || 'The body'}: ${issue?.message}.`);
}

/** How many tokens the answer may have; of two limits a server may follow either, so the greater counts. */
export function tokenLimitOf({ max_tokens, max_completion_tokens }: ChatRequest): number {
  return Math.max(max_tokens ?? 0, max_completion_tokens ?? 0) || defaultTokens;
}

export function textOf({ content }: ChatMessage): string {
  if (typeof content === 'string') return content;
  return (content ?? []).map(({ text }) => text ?? '').join('');
}
