import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import Anthropic from '@anthropic-ai/sdk';
import { decodeJwt } from 'jose';
import { freePort } from '../../examples/support/free-port.js';
import { createBoundFetch } from '../../src/client/index.js';
import { accepted, createGuard, type Guard, type GuardedCall, type Result } from '../../src/gateway/index.js';
import { protectCalls } from '../../src/gateway/node-adapter.js';
import { generateProofKey } from '../../src/proof/create-proof.js';
import { secretOf } from '../support/clients.js';
import { startHoldfast, type Holdfast } from '../support/harness.js';
import { keptLogin } from '../support/kept-login.js';
import { mintToken, storeCaller } from '../support/model-caller.js';

const placeholder = 'sk-ant-placeholder-that-no-server-may-see';
const message = {
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'echo',
  stop_reason: null,
  stop_sequence: null,
  usage: { input_tokens: 1, output_tokens: 1 },
};
const text = { type: 'text', text: 'hello there' };
const events = [
  { type: 'message_start', message: { ...message, content: [] } },
  { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
  { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'hello ' } },
  { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'there' } },
  { type: 'content_block_stop', index: 0 },
  {
    type: 'message_delta',
    delta: { stop_reason: 'end_turn', stop_sequence: null },
    usage: { output_tokens: 2 },
  },
  { type: 'message_stop' },
];

/** A Messages request, as far as it matters here. */
function readMessages(body: Uint8Array): Result<GuardedCall & { readonly streams: boolean }> {
  const { model, stream } = JSON.parse(Buffer.from(body).toString()) as { model: string; stream?: boolean };
  return accepted({ model, maxCost: 1, streams: stream === true });
}

describe('the @anthropic-ai/sdk package, unmodified, by a bound fetch', () => {
  let holdfast: Holdfast;
  let guard: Guard;
  let server: Server;
  let anthropic: Anthropic;
  const seen: IncomingHttpHeaders[] = [];
  let failures = 0;

  before(async () => {
    const port = await freePort();
    const resource = `http://localhost:${port}/`;
    holdfast = await startHoldfast({
      resources: [{ identifier: resource, scope: 'model:call', resource_servers: ['rs-a'] }],
    });
    guard = createGuard({
      issuer: holdfast.issuer,
      resource,
      publicUrl: new URL(resource).origin,
      clientId: 'rs-a',
      clientSecret: secretOf('rs-a'),
      clock: holdfast.clock,
    });
    const serve = protectCalls(
      guard,
      (request, response, { call }) => {
        seen.push(request.headers);
        if (failures > 0) {
          failures -= 1;
          return void response.writeHead(529, { 'retry-after-ms': '1' }).end();
        }
        const { streams } = call;
        response.setHeader('content-type', streams ? 'text/event-stream' : 'application/json');
        if (!streams) return void response.end(JSON.stringify({ ...message, content: [text] }));
        for (const event of events)
          response.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
        return void response.end();
      },
      { read: readMessages },
    );
    server = createServer(serve).listen(port, '127.0.0.1');
    await once(server, 'listening');

    const key = await generateProofKey();
    const accessToken = await mintToken(holdfast, await storeCaller(holdfast), {
      jkt: key.jkt,
      audience: resource,
    });
    const login = await keptLogin({
      key,
      tokens: { accessToken },
      issuer: holdfast.issuer,
      resource,
      clock: holdfast.clock,
    });
    anthropic = new Anthropic({
      baseURL: new URL(resource).origin,
      apiKey: placeholder,
      fetch: createBoundFetch({ login }),
    });
  });
  after(async () => {
    await guard.close();
    server.closeAllConnections();
    server.close();
    await holdfast.close();
  });

  const request = { model: 'echo', max_tokens: 10, messages: [{ role: 'user' as const, content: 'hi' }] };

  it('calls and streams', async () => {
    const { content } = await anthropic.messages.create(request);
    assert.deepEqual(content, [text]);
    const final = await anthropic.messages.stream(request).finalText();
    assert.equal(final, 'hello there');
  });

  it('sends no API key, and retries with another proof', async () => {
    seen.length = 0;
    failures = 1;
    await anthropic.messages.create(request);
    assert.equal(new Set(seen.map(({ dpop }) => decodeJwt(String(dpop)).jti)).size, 2);
    assert.ok(
      seen.every((headers) => headers.authorization?.startsWith('DPoP ') && !('x-api-key' in headers)),
    );
    assert.ok(!JSON.stringify(seen).includes(placeholder));
  });
});
