import type { ServerResponse } from 'node:http';
import type { Clock } from '../../src/lib/clock.js';
import { epochSeconds } from '../../src/lib/clock.js';
import { accepted, refused } from '../../src/gateway/index.js';
import { sendJson } from './answers.js';
import type { Backend, Spent } from './backend.js';
import { readChatRequest, textOf, tokenLimitOf, type ChatRequest } from './chat-request.js';
import { echoAnswer, speak } from './echo-model.js';
import type { CallMeter } from './meter.js';
import { cutToTokens, echoModels, highestCost, priceOf, type Usage } from './models.js';

/** Answers by the built-in echo model: works offline and costs a price that is made up. */
export function echoBackend({ clock, meter }: { readonly clock: Clock; readonly meter: CallMeter }): Backend {
  const models = echoModels.map(({ id }) => ({ id, object: 'model', created: 0, owned_by: 'holdfast' }));
  return {
    models: async (response) => sendJson(response, 200, { object: 'list', data: models }),
    read(body) {
      const read = readChatRequest(body);
      if (!read.ok) return read;
      const chat = read.value;
      const model = echoModels.find(({ id }) => id === chat.model);
      if (!model) {
        const name = JSON.stringify(chat.model);
        return refused('not_found', `There is no model named ${name}. GET /v1/models lists them.`);
      }
      const prompt = chat.messages.map(textOf).join('\n');
      const tokenLimit = tokenLimitOf(chat);
      return accepted({
        model: model.id,
        maxCost: highestCost(model, prompt, tokenLimit),
        answer: async (response, signal) => {
          const id = `chatcmpl-${String(response.getHeader('x-request-id'))}`;
          const frame = { id, created: epochSeconds(clock), model: model.id };
          const spend = (completion: string): Usage => {
            const usage = priceOf(model, prompt, completion);
            meter.count(usage.cost_micro_dollars);
            return usage;
          };
          const whole = echoAnswer(chat);
          const content = cutToTokens(whole, tokenLimit);
          const reason = content === whole ? 'stop' : 'length';
          return chat.stream === true
            ? stream(response, chat, { ...frame, content, reason, signal }, spend)
            : answerWhole(response, { ...frame, content, reason }, spend);
        },
      });
    },
  };
}

interface Frame {
  readonly id: string;
  readonly created: number;
  readonly model: string;
  readonly content: string;
  /** Why the answer ends where it does. */
  readonly reason: 'stop' | 'length';
}

interface StreamFrame extends Frame {
  readonly signal: AbortSignal;
}

type Spend = (completion: string) => Usage;

function answerWhole(response: ServerResponse, { content, reason, ...frame }: Frame, spend: Spend): Spent {
  const choices = [{ index: 0, message: { role: 'assistant', content }, finish_reason: reason }];
  const usage = spend(content);
  sendJson(response, 200, { ...frame, object: 'chat.completion', choices, usage });
  return spent(usage, 'completed');
}

function spent(usage: Usage, outcome: Spent['outcome']): Spent {
  const { prompt_tokens: inputTokens, completion_tokens: outputTokens, cost_micro_dollars: cost } = usage;
  return { inputTokens, outputTokens, cost, outcome };
}

async function stream(
  response: ServerResponse,
  chat: ChatRequest,
  { content, reason, signal, ...frame }: StreamFrame,
  spend: Spend,
): Promise<Spent> {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  const send = (event: object): void => {
    response.write(`data: ${JSON.stringify({ ...frame, object: 'chat.completion.chunk', ...event })}\n\n`);
  };
  const choice = (delta: object, finish_reason: string | null = null): object => ({
    choices: [{ index: 0, delta, finish_reason }],
  });

  let said = '';
  send(choice({ role: 'assistant', content: '' }));
  for await (const word of speak(content, signal)) {
    said += word;
    send(choice({ content: word }));
  }
  // What was said is paid for, also when the caller has hung up or was cut off.
  const usage = spend(said);
  if (signal.aborted) return spent(usage, 'aborted');
  send(choice({}, reason));
  if (chat.stream_options?.include_usage === true) send({ choices: [], usage });
  response.end('data: [DONE]\n\n');
  return spent(usage, 'completed');
}
