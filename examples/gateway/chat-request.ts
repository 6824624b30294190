import { z } from 'zod';
import { accepted, refused, type Result } from '../../src/gateway/index.js';

const part = z.looseObject({ type: z.string(), text: z.string().optional() });
const message = z.looseObject({
  role: z.enum(['system', 'developer', 'user', 'assistant', 'tool']),
  content: z.union([z.string(), z.array(part)]).nullish(),
});

/** Most tokens that an answer may have. */
const mostTokens = 8192;
const defaultTokens = 1024;
const tokens = z.int().min(1).max(mostTokens).nullish();

const chatRequestSchema = z.looseObject({
  model: z.string().min(1).max(256),
  max_tokens: tokens,
  max_completion_tokens: tokens,
  // Each answer costs, so one is all that the highest cost counts.
  n: z.literal(1).nullish(),
  messages: z.array(message).min(1).max(1000),
  stream: z.boolean().nullish(),
  stream_options: z.looseObject({ include_usage: z.boolean().optional() }).nullish(),
});

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
