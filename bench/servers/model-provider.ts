/* Stands for a provider of models: answers at once, plainly or in as many pieces as `max_tokens` says. */
import { createServer, type ServerResponse } from 'node:http';

const whole = JSON.stringify({
  choices: [{ index: 0, message: { role: 'assistant', content: 'hello '.repeat(50) } }],
  usage: { prompt_tokens: 20, completion_tokens: 50 },
});
const piece = `data: ${JSON.stringify({ id: 'chatcmpl-1', object: 'chat.completion.chunk', choices: [{ index: 0, delta: { content: 'hello ' } }] })}\n\n`;
const last = `data: ${JSON.stringify({ choices: [], usage: { prompt_tokens: 20, completion_tokens: 50 } })}\n\ndata: [DONE]\n\n`;

createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
  const kept: Buffer[] = [];
  request.on('data', (chunk: Buffer) => kept.push(chunk));
  request.on('end', () => {
    const asked = JSON.parse(Buffer.concat(kept).toString()) as { stream?: boolean; max_tokens: number };
    if (asked.stream !== true) {
      response
        .writeHead(200, { 'content-type': 'application/json', 'content-length': whole.length })
        .end(whole);
      return;
    }
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    stream(response, asked.max_tokens);
  });
}).listen(Number(process.argv[2]), '127.0.0.1', () => process.send?.({ ready: {} }));
process.on('disconnect', () => process.exit());

/** Each piece leaves by itself, as a model says it. */
function stream(response: ServerResponse, left: number): void {
  if (left === 0) {
    response.end(last);
    return;
  }
  response.write(piece, () => setImmediate(() => stream(response, left - 1)));
}
