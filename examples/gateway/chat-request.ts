import { z } from 'zod';

const part = z.looseObject({ type: z.string(), text: z.string().optional() });
const message = z.looseObject({
  role: z.enum(['system', 'developer', 'user', 'assistant', 'tool']),
  content: z.union([z.string(), z.array(part)]).nullish(),
});

const chatRequestSchema = z.looseObject({
  model: z.string(),
  messages: z.array(message).min(1).max(1000),
  stream: z.boolean().nullish(),
  stream_options: z.looseObject({ include_usage: z.boolean().optional() }).nullish(),
});

export type ChatRequest = z.output<typeof chatRequestSchema>;
type ChatMessage = ChatRequest['messages'][number];

export type ReadChat =
  { readonly ok: true; readonly chat: ChatRequest } | { readonly ok: false; readonly wrong: string };

/** The request, or one sentence on what is wrong with it. */
export function readChatRequest(body: string): ReadChat {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return { ok: false, wrong: 'The body is not JSON.' };
  }
  const parsed = chatRequestSchema.safeParse(value);
  if (parsed.success) return { ok: true, chat: parsed.data };
  const [issue] = parsed.error.issues;
  return { ok: false, wrong: `${issue?.path.join('.') || 'The body'}: ${issue?.message}.` };
}

export function textOf({ content }: ChatMessage): string {
  if (typeof content === 'string') return content;
  return (content ?? []).map(({ text }) => text ?? '').join('');
}
