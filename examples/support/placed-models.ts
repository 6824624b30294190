/*
 * Models behind a proxy that has asked Holdfast: `node dist/examples/support/placed-models.js`. It stands for your own API,
 * and shows the one thing that it must do: serve the model that was asked about (X-Holdfast-Model) and no other that a body names.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { json as jsonOf } from 'node:stream/consumers';
import { isRecord } from '../../src/lib/json.js';

const port = 6195;

export function placedModels(): Server {
  return createServer((request, response) => {
    serve(request, response).catch(() => say(response, 400, { error: 'invalid_request' }));
  });
}

async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const {
    'x-holdfast-model': placed,
    'x-holdfast-subject': subject,
    'x-holdfast-call': call,
  } = request.headers;
  if (request.method === 'GET' && request.url === '/v1/models') {
    return say(response, 200, { object: 'list', data: [{ id: 'echo' }, { id: 'echo-frontier' }] });
  }
  const body: unknown = await jsonOf(request);
  if (!isRecord(body) || typeof placed !== 'string' || body['model'] !== placed) {
    return say(response, 400, {
      error: 'invalid_request',
      error_description: `Here is the model ${String(placed)}.`,
    });
  }
  const last: unknown = Array.isArray(body['messages']) ? body['messages'].at(-1) : undefined;
  const content = isRecord(last) ? last['content'] : '';
  if (body['stream'] === true) return stream(response, `${placed} echoes: ${String(content)}`);
  const message = { role: 'assistant', content: `${placed} echoes: ${String(content)}` };
  say(response, 200, {
    object: 'chat.completion',
    model: placed,
    choices: [{ index: 0, message, finish_reason: 'stop' }],
    served_for: { subject, call, headers: Object.keys(request.headers) },
  });
}

function stream(response: ServerResponse, answer: string): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  for (const content of answer.split(/(?<= )/)) {
    response.write(`data: ${JSON.stringify({ choices: [{ index: 0, delta: { content } }] })}\n\n`);
  }
  response.end('data: [DONE]\n\n');
}

function say(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

if (process.argv[1] === import.meta.filename) {
  placedModels().listen(port, '127.0.0.1', () => console.log(`models on http://127.0.0.1:${port}`));
}
