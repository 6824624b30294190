import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { request } from 'undici';
import { freePort } from '../../examples/support/free-port.js';
import { startExampleGateway, type ExampleGateway } from '../../examples/gateway/start.js';
import { newAccessToken } from '../../src/lib/opaque-token.js';
import { systemRandom } from '../../src/lib/random.js';
import { systemClock } from '../../src/lib/clock.js';
import type { Logger } from '../../src/observability/logger.js';
import { createProof, generateProofKey, type ProofKey } from '../../src/proof/create-proof.js';
import {
  fakeAuthorizationServer,
  type FakeAuthorizationServer,
} from '../support/fake-authorization-server.js';

const resource = 'http://models.test/';
const token = newAccessToken(systemRandom, systemClock.now() / 1000 + 300);

interface Reply {
  readonly status: number;
  readonly type: string;
  readonly body: string;
  readonly requestId: string;
  readonly challenge: string;
}

interface ApiErrorBody {
  readonly error: Readonly<Record<'message' | 'type' | 'code' | 'request_id' | 'hint', string>>;
}

describe('the example gateway', () => {
  const lines: unknown[] = [];
  const note = (...line: unknown[]): void => void lines.push(line);
  const logger: Logger = { debug: note, info: note, warn: note, error: note };
  let provider: FakeAuthorizationServer;
  let gateway: ExampleGateway;
  let key: ProofKey;
  let port: number;

  async function start(upstream?: {
    baseUrl: string;
    key: string;
    price: { input: number; output: number };
  }): Promise<void> {
    port = await freePort();
    gateway = await startExampleGateway({
      host: '127.0.0.1',
      port,
      issuer: provider.issuer,
      resource,
      clientId: 'gateway',
      clientSecret: 'gateway-secret-of-the-test',
      upstream,
      logger,
      clock: systemClock,
      random: systemRandom,
    });
  }

  beforeEach(async () => {
    key = await generateProofKey();
    provider = await fakeAuthorizationServer();
    const answer = {
      active: true,
      client_id: 'app',
      sub: 'person',
      aud: resource,
      scope: 'model:read model:call',
    };
    const introspection = { ...answer, cnf: { jkt: key.jkt } };
    provider.answer = (response) => response.end(JSON.stringify(introspection));
    provider.answerCall = (response) =>
      response.end(JSON.stringify({ decision: 'allow', call_id: 'call_1', introspection }));
    await start();
  });
  afterEach(async () => {
    await gateway.close();
    await provider.close();
  });

  async function send(method: 'GET' | 'POST', path: string, headers: object, body?: string): Promise<Reply> {
    const sent = body === undefined ? {} : { body };
    const response = await request(`http://127.0.0.1:${port}${path}`, {
      method,
      headers: { ...headers },
      ...sent,
    });
    return {
      status: response.statusCode,
      type: String(response.headers['content-type']),
      body: await response.body.text(),
      requestId: String(response.headers['x-request-id']),
      challenge: String(response.headers['www-authenticate']),
    };
  }

  async function call(method: 'GET' | 'POST', path: string, body?: string): Promise<Reply> {
    const first = await request(`http://127.0.0.1:${port}/v1/models`);
    await first.body.dump();
    const proof = await createProof(
      key,
      {
        method,
        url: `http://models.test${path}`,
        accessToken: token,
        nonce: String(first.headers['dpop-nonce']),
      },
      { clock: systemClock, random: systemRandom },
    );
    return send(method, path, { authorization: `DPoP ${token}`, dpop: proof }, body);
  }

  const chat = (request: object): Promise<Reply> =>
    call('POST', '/v1/chat/completions', JSON.stringify(request));
  const hello = { model: 'echo', messages: [{ role: 'user', content: 'hello there' }] };

  it('lists its models', async () => {
    const reply = await call('GET', '/v1/models');
    const { data } = JSON.parse(reply.body) as { data: { id: string }[] };
    assert.deepEqual(
      data.map(({ id }) => id),
      ['echo', 'echo-large', 'echo-frontier'],
    );
  });

  it('answers a chat, counts its tokens and prices it', async () => {
    const reply = await chat(hello);
    assert.equal(reply.status, 200, reply.body);
    const { choices, usage } = JSON.parse(reply.body) as {
      choices: { message: { content: string } }[];
      usage: Record<string, number>;
    };
    assert.equal(choices[0]?.message.content, 'You said: hello there');
    assert.deepEqual(usage, {
      prompt_tokens: 3,
      completion_tokens: 6,
      total_tokens: 9,
      cost_micro_dollars: 33,
    });
    assert.deepEqual([gateway.meter.calls, gateway.meter.microDollars], [1, 33]);
  });

  it('reports what each call used, once it is answered', async () => {
    await chat(hello);
    await chat({ ...hello, stream: true });
    await gateway.close();
    const used = { call_id: 'call_1', input_tokens: 3, output_tokens: 6, cost: 33, outcome: 'completed' };
    assert.deepEqual(
      provider.reports.map(({ finished_at, ...report }) => [typeof finished_at, report]),
      [
        ['string', used],
        ['string', used],
      ],
    );
    await start();
  });

  it('streams an answer word by word and ends it as OpenAI does', async () => {
    const reply = await chat({ ...hello, stream: true, stream_options: { include_usage: true } });
    assert.equal(reply.type, 'text/event-stream');
    const events = reply.body.split('\n\n').filter(Boolean);
    assert.equal(events.pop(), 'data: [DONE]');
    const chunks = events.map(
      (event) =>
        JSON.parse(event.slice('data: '.length)) as {
          choices: { delta: { content?: string }; finish_reason: string | null }[];
          usage?: Record<string, number>;
        },
    );
    const words = chunks.flatMap(({ choices }) => choices.map(({ delta }) => delta.content ?? ''));
    assert.equal(words.join(''), 'You said: hello there');
    assert.ok(words.length > 4);
    assert.equal(chunks.at(-2)?.choices[0]?.finish_reason, 'stop');
    assert.equal(chunks.at(-1)?.usage?.['cost_micro_dollars'], 33);
  });

  it('refuses a caller without the key, in the shape of OpenAI, with a hint on this machine', async () => {
    const reply = await send('POST', '/v1/chat/completions', { authorization: `Bearer ${token}` }, '{}');
    assert.equal(reply.status, 401);
    const { error } = JSON.parse(reply.body) as ApiErrorBody;
    assert.equal(error.code, 'invalid_token');
    assert.equal(error.type, 'authentication_error');
    assert.equal(error.request_id, reply.requestId);
    assert.match(error.hint, /stolen/);
    assert.equal(gateway.meter.calls, 0);
  });

  for (const [name, body, status] of [
    ['what is not JSON', '{', 400],
    ['no messages', '{"model":"echo","messages":[]}', 400],
    ['a role that does not exist', '{"model":"echo","messages":[{"role":"king","content":"x"}]}', 400],
    ['a model that does not exist', JSON.stringify({ ...hello, model: 'gpt' }), 404],
    ['more tokens than it gives', JSON.stringify({ ...hello, max_tokens: 8193 }), 400],
    ['less than a token', JSON.stringify({ ...hello, max_completion_tokens: 0.5 }), 400],
    ['several answers for the price of one', JSON.stringify({ ...hello, n: 2 }), 400],
    ['a body over 1 MiB', JSON.stringify({ ...hello, padding: 'x'.repeat(1_048_576) }), 413],
  ] as const) {
    it(`refuses ${name}`, async () => {
      const reply = await call('POST', '/v1/chat/completions', body);
      assert.equal(reply.status, status, reply.body);
      assert.ok((JSON.parse(reply.body) as ApiErrorBody).error.message.length > 10);
      assert.equal(gateway.meter.microDollars, 0);
      assert.deepEqual(provider.calls, [], 'nothing was spent for it');
    });
  }

  it('asks what the model’s tier demands, and says what the call may cost at the most', async () => {
    const asked = [
      [{}, 3 * 60 + 1024 * 300],
      [{ max_tokens: 10 }, 3 * 60 + 10 * 300],
      [{ max_tokens: 10, max_completion_tokens: 20 }, 3 * 60 + 20 * 300],
    ] as const;
    for (const [limits, cost] of asked) {
      const reply = await chat({ ...hello, model: 'echo-frontier', ...limits });
      assert.equal(reply.status, 200, reply.body);
      const { token: presented, jkt, ...rest } = provider.calls.at(-1) ?? {};
      assert.deepEqual([presented, jkt], [token, key.jkt]);
      assert.deepEqual(rest, { model: 'echo-frontier', max_cost: cost, scope: 'model:call' });
    }
  });

  it('answers with no more tokens than the client asked for', async () => {
    const reply = await chat({ ...hello, max_tokens: 2 });
    const { choices, usage } = JSON.parse(reply.body) as {
      choices: { message: { content: string }; finish_reason: string }[];
      usage: Record<string, number>;
    };
    assert.deepEqual([choices[0]?.message.content, choices[0]?.finish_reason], ['You said', 'length']);
    assert.equal(usage['completion_tokens'], 2);
  });

  it('passes a challenge on as it is, with a request id, and serves nothing', async () => {
    const challenge = 'DPoP error="insufficient_authorization_details", error_description="Ask."';
    const body = {
      error: 'insufficient_authorization_details',
      error_description: 'Ask.',
      authorization_details: [{ type: 'model_call', tier: 'frontier' }],
    };
    provider.answerCall = (response) =>
      response.end(
        JSON.stringify({
          decision: 'challenge',
          call_id: 'call_2',
          introspection: { active: true },
          code: 'approval_required',
          status: 403,
          www_authenticate: challenge,
          body,
        }),
      );
    const reply = await chat({ ...hello, model: 'echo-frontier', stream: true });
    assert.equal(reply.status, 403);
    assert.equal(reply.type, 'application/json');
    const { request_id, hint, ...rest } = JSON.parse(reply.body) as Record<string, unknown>;
    assert.deepEqual(rest, body);
    assert.equal(request_id, reply.requestId);
    assert.match(String(hint), /^call_2\. .*docs\/CALLS\.md/);
    assert.equal(
      reply.challenge,
      `${challenge}, resource_metadata="http://models.test/.well-known/oauth-protected-resource"`,
    );
    assert.equal(gateway.meter.calls, 0);
  });

  it('names the method that an address takes, and knows no other address', async () => {
    assert.equal((await send('GET', '/v1/chat/completions', {})).status, 405);
    assert.equal((await send('GET', '/v2', {})).status, 404);
    assert.equal((await send('GET', '/', {})).status, 200);
  });

  it('publishes the metadata of its resource', async () => {
    const { body } = await send('GET', '/.well-known/oauth-protected-resource', {});
    assert.deepEqual(JSON.parse(body), {
      resource,
      authorization_servers: [provider.issuer],
      scopes_supported: ['model:read', 'model:call'],
      bearer_methods_supported: ['header'],
      dpop_signing_alg_values_supported: ['ES256', 'EdDSA', 'Ed25519'],
      dpop_bound_access_tokens_required: true,
      authorization_details_types_supported: ['model_call'],
      resource_name: 'Example model gateway',
    });
  });

  it('writes no token, proof or secret to the log', async () => {
    await chat(hello);
    await send('GET', '/v1/models', { authorization: `DPoP ${token}`, dpop: 'the-proof' });
    const log = JSON.stringify(lines);
    assert.ok(log.includes('proof_malformed'));
    for (const secret of [token, 'the-proof', 'gateway-secret-of-the-test']) assert.ok(!log.includes(secret));
  });

  it('passes calls to an upstream with its own key, not with the token of the caller', async () => {
    const seen: IncomingMessage['headers'][] = [];
    const upstream = createServer((incoming: IncomingMessage, outgoing: ServerResponse) => {
      seen.push(incoming.headers);
      void text(incoming).then((body) => {
        outgoing.writeHead(200, { 'content-type': 'text/event-stream', 'set-cookie': 'a=b' });
        outgoing.end(`data: ${incoming.url} ${body}\n\n`);
      });
    });
    await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
    await gateway.close();
    await start({
      baseUrl: `http://127.0.0.1:${(upstream.address() as AddressInfo).port}/api/`,
      key: 'upstream-key',
      price: { input: 2, output: 10 },
    });

    const reply = await chat(hello);
    const sent = JSON.stringify({ ...hello, max_tokens: 1024 });
    assert.equal(reply.body, `data: /api/chat/completions ${sent}\n\n`);
    assert.deepEqual(provider.calls.at(-1)?.['max_cost'], sent.length * 2 + 1024 * 10);
    assert.equal(reply.type, 'text/event-stream');
    assert.equal(seen[0]?.authorization, 'Bearer upstream-key');
    assert.equal(seen[0]?.['dpop'], undefined);

    upstream.closeAllConnections();
    await new Promise((resolve) => upstream.close(resolve));
    const away = await chat(hello);
    assert.equal(away.status, 502, away.body);
    assert.ok(!JSON.stringify(lines).includes('upstream-key'));
  });

  it('says which port is taken', async () => {
    const options = {
      host: '127.0.0.1',
      port,
      issuer: provider.issuer,
      resource,
      clientId: 'a',
      clientSecret: 'b',
    };
    const parts = { logger, clock: systemClock, random: systemRandom };
    await assert.rejects(startExampleGateway({ ...options, ...parts }), { code: 'EADDRINUSE' });
  });
});
