/*
 * Stands for a provider of models, so that the example runs without an account at one: OpenAI's chat completions, plain and
 * streamed, for whoever has the key.
 */
import { createServer, type ServerResponse } from 'node:http';
import { json } from 'node:stream/consumers';

interface Asked {
  readonly model: string;
  readonly messages: readonly { readonly content: string }[];
  readonly stream?: boolean;
  readonly stream_options?: { readonly include_usage?: boolean };
}

const key = 'sk-example-only-provider-key';
const port = Number(process.argv[2] ?? 6195);
const models = ['echo', 'echo-large', 'echo-frontier'].map((id) => ({ id, object: 'model' }));

createServer((request, response) => {
  const { authorization, ['content-type']: type } = request.headers;
  if (authorization !== `Bearer ${key}`) {
    // As providers do: an error that repeats the key. The gateway lets nobody see it.
    return say(response, 401, { error: { message: `Incorrect API key: ${authorization}` } });
  }
  if (request.url === '/v1/models') return say(response, 200, { object: 'list', data: models });
  if (request.url !== '/v1/chat/completions' || type !== 'application/json') {
    return say(response, 404, { error: { message: 'There is nothing here.' } });
  }
  json(request).then(
    (asked) => answer(response, asked as Asked),
    () => response.destroy(),
  );
}).listen(port, '127.0.0.1', () => console.log(`A provider of models at http://127.0.0.1:${port}`));

function answer(response: ServerResponse, { model, messages, stream, stream_options: options }: Asked): void {
  const words = `The provider heard: ${messages.at(-1)?.content ?? 'nothing'}`.split(/(?<= )/);
  const usage = { prompt_tokens: 9, completion_tokens: words.length, total_tokens: 9 + words.length };
  if (stream !== true) {
    const message = { role: 'assistant', content: words.join('') };
    const choices = [{ index: 0, message, finish_reason: 'stop' }];
    return say(response, 200, { id: 'chatcmpl-1', object: 'chat.completion', model, choices, usage });
  }
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const event = (said: object): void => {
    const whole = { id: 'chatcmpl-1', object: 'chat.completion.chunk', model, ...said };
    response.write(`data: ${JSON.stringify(whole)}\n\n`);
  };
  for (const content of words) event({ choices: [{ index: 0, delta: { content } }] });
  event({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] });
  if (options?.include_usage === true) event({ choices: [], usage });
  response.end('data: [DONE]\n\n');
}

function say(response: ServerResponse, status: number, value: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}
