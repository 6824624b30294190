import type { ServerResponse } from 'node:http';
import type { Clock } from '../../src/lib/clock.js';
import { epochSeconds } from '../../src/lib/clock.js';
import { sendError, sendJson } from './answers.js';
import type { Backend } from './backend.js';
import { readChatRequest, textOf, type ChatRequest } from './chat-request.js';
import { echoAnswer, speak } from './echo-model.js';
import type { CallMeter } from './meter.js';
import { echoModels, priceOf, type Usage } from './models.js';

/** Answers by the built-in echo model: works offline and costs a price that is made up. */
export function echoBackend({ clock, meter }: { readonly clock: Clock; readonly meter: CallMeter }): Backend {
  const models = echoModels.map(({ id }) => ({ id, object: 'model', created: 0, owned_by: 'holdfast' }));
  return {
    models: async (response) => sendJson(response, 200, { object: 'list', data: models }),
    async chat(body, response) {
      const read = readChatRequest(body);
      if (!read.ok) {
        return sendError(response, { status: 400, code: 'invalid_request', message: read.wrong });
      }
      const { chat } = read;
      const model = echoModels.find(({ id }) => id === chat.model);
      if (!model) {
        const message = `There is no model named ${JSON.stringify(chat.model)}. GET /v1/models lists them.`;
        return sendError(response, { status: 404, code: 'model_not_found', message });
      }
      const id = `chatcmpl-${String(response.getHeader('x-request-id'))}`;
      const frame = { id, created: epochSeconds(clock), model: model.id };
      const prompt = chat.messages.map(textOf).join('\n');
      const spend = (completion: string): Usage => {
        const usage = priceOf(model, prompt, completion);
        meter.count(usage.cost_micro_dollars);
        return usage;
      };
      if (chat.stream === true) await stream(response, chat, frame, spend);
      else answerWhole(response, chat, frame, spend);
    },
  };
}

interface Frame {
  readonly id: string;
  readonly created: number;
  readonly model: string;
}

type Spend = (completion: string) => Usage;

function answerWhole(response: ServerResponse, chat: ChatRequest, frame: Frame, spend: Spend): void {
  const content = echoAnswer(chat);
  const choices = [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }];
  sendJson(response, 200, { ...frame, object: 'chat.completion', choices, usage: spend(content) });
}

async function stream(
  response: ServerResponse,
  chat: ChatRequest,
  frame: Frame,
  spend: Spend,
): Promise<void> {
  const hangUp = new AbortController();
  response.on('close', () => hangUp.abort());
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  const send = (event: object): void => {
    response.write(`data: ${JSON.stringify({ ...frame, object: 'chat.completion.chunk', ...event })}\n\n`);
  };
  const choice = (delta: object, finish_reason: string | null = null): object => ({
    choices: [{ index: 0, delta, finish_reason }],
  });

  let said = '';
  send(choice({ role: 'assistant', content: '' }));
  for await (const word of speak(echoAnswer(chat), hangUp.signal)) {
    said += word;
    send(choice({ content: word }));
  }
  // What was said is paid for, also when the caller has hung up.
  const usage = spend(said);
  send(choice({}, 'stop'));
  if (chat.stream_options?.include_usage === true) send({ choices: [], usage });
  response.end('data: [DONE]\n\n');
}
