import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { eventOf, events, json } from '../support/fake-model-provider.js';
import { providerKey, StandaloneDesk } from '../support/standalone-desk.js';

const chat = { model: 'gpt-test', messages: [{ role: 'user', content: 'hello' }] };
const path = '/v1/chat/completions';
const prices = [{ models: ['gpt-*', 'claude-*', 'gemini-*'], input: 2, output: 10, max_tokens: 100 }];

const piece = (content: string) => ({ choices: [{ index: 0, delta: { content } }] });
const usage = { choices: [], usage: { prompt_tokens: 7, completion_tokens: 11 } };

describe('the standalone gateway before an OpenAI-style API', () => {
  let desk: StandaloneDesk;
  before(async () => {
    desk = await StandaloneDesk.open({
      prices,
      wish: { pass: ['POST /v1/moderations'], passField: ['x-trace'], passMember: ['top_a'] },
    });
  });
  after(() => desk.close());

  const reported = async (): Promise<Record<string, unknown>> => {
    const { finished_at: _, call_id: id, ...report } = (await desk.reports()).at(-1) ?? {};
    assert.equal(id, `call_${desk.issuer.calls.length}`);
    return report;
  };

  it('serves the holder of the key with its own key, and says what the call used', async () => {
    desk.provider.answer = (response) =>
      json(response, { id: 'one', usage: { prompt_tokens: 7, completion_tokens: 11 } });
    const told = await desk.call(path, chat);
    assert.deepEqual([told.status, JSON.parse(told.text)['id']], [200, 'one']);
    assert.equal(told.headers['access-control-allow-origin'], '*');
    const { method, url, headers, body } = desk.provider.last;
    assert.deepEqual([method, url, headers.authorization], ['POST', path, `Bearer ${providerKey}`]);
    const sent = JSON.stringify({ ...chat, max_tokens: 100 });
    assert.equal(body, sent);
    const question = desk.issuer.calls.at(-1);
    assert.deepEqual(
      [question?.['model'], question?.['scope'], question?.['max_cost']],
      ['gpt-test', 'model:call', sent.length * 2 + 100 * 10],
    );
    const cost = 7 * 2 + 11 * 10;
    assert.deepEqual(await reported(), { input_tokens: 7, output_tokens: 11, cost, outcome: 'completed' });
  });

  it('asks a stream what it used, and keeps that from a client that did not ask', async () => {
    desk.provider.answer = (response) => events(response, [piece('a'), piece('b'), usage, '[DONE]']);
    const told = await desk.call(path, { ...chat, stream: true, max_tokens: 5, n: 2 });
    assert.equal(told.text, [piece('a'), piece('b'), '[DONE]'].map(eventOf).join(''));
    assert.deepEqual(JSON.parse(desk.provider.last.body)['stream_options'], { include_usage: true });
    assert.match(String(told.headers['content-type']), /^text\/event-stream/);
    const { input_tokens, output_tokens } = await reported();
    assert.deepEqual([input_tokens, output_tokens], [7, 11]);
    const sent = desk.provider.last.body.length;
    assert.equal(desk.issuer.calls.at(-1)?.['max_cost'], sent * 2 + 2 * 5 * 10);
  });

  it('leaves the last chunk to a client that asked for it', async () => {
    desk.provider.answer = (response) => events(response, [piece('a'), usage, '[DONE]']);
    const asked = { ...chat, stream: true, stream_options: { include_usage: true } };
    assert.equal((await desk.call(path, asked)).text, [piece('a'), usage, '[DONE]'].map(eventOf).join(''));
  });

  it('passes a piece on before the next is there', async () => {
    let provider: ServerResponse | undefined;
    desk.provider.answer = (response) => {
      provider = response;
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(eventOf(piece('first')));
    };
    const answer = await desk.open(path, { ...chat, stream: true });
    const [first] = (await once(answer, 'data')) as [Buffer];
    assert.equal(first.toString(), eventOf(piece('first')));
    provider?.end(eventOf('[DONE]'));
    assert.equal(await text(answer), eventOf('[DONE]'));
  });

  it('ends the call at the provider when the client hangs up, and reports what was said by then', async () => {
    let gone: Promise<unknown> | undefined;
    desk.provider.answer = (response) => {
      gone = once(response, 'close');
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(eventOf(piece('twelve bytes')));
    };
    const answer = await desk.open(path, { ...chat, stream: true });
    await once(answer, 'data');
    answer.destroy();
    await gone;
    // The report is made once the gateway, too, has seen the end.
    const last = `call_${desk.issuer.calls.length}`;
    while (!(await desk.reports()).some(({ call_id }) => call_id === last)) await new Promise(setImmediate);
    const { outcome, input_tokens, output_tokens } = await reported();
    const sent = desk.provider.last.body.length;
    assert.deepEqual([outcome, input_tokens, output_tokens], ['aborted', Math.ceil(sent / 4), 3]);
  });

  it('embeds, reads plain completions and responses, and lists', async () => {
    const used = { usage: { input_tokens: 5, output_tokens: 6, prompt_tokens: 5 } };
    desk.provider.answer = (response) => json(response, used);
    const bodies = {
      '/v1/embeddings': { model: 'gpt-embed', input: ['a', 'b'] },
      '/v1/completions': { model: 'gpt-test', prompt: ['a', 'b'], max_tokens: 3, best_of: 4 },
      '/v1/responses': { model: 'gpt-test', input: 'hi', max_output_tokens: 9 },
    };
    const costs = [0, 2 * 4 * 3 * 10, 9 * 10];
    for (const [index, [address, body]] of Object.entries(bodies).entries()) {
      assert.equal((await desk.call(address, body)).status, 200, address);
      const { max_cost } = desk.issuer.calls.at(-1) ?? {};
      assert.equal(Number(max_cost) - desk.provider.last.body.length * 2, costs[index], address);
      assert.equal((await reported())['input_tokens'], 5, address);
    }
    assert.equal((await desk.call('/v1/models?limit=2', undefined, { method: 'GET' })).status, 200);
    assert.equal(desk.provider.last.url, '/v1/models?limit=2');
  });

  it('passes on what the operator lists, and no other field or member', async () => {
    desk.provider.answer = (response) => json(response, {});
    const headers = { 'x-trace': '7', 'x-other': '8', 'openai-organization': 'theirs' };
    assert.equal((await desk.call(path, { ...chat, top_a: 1 }, { headers })).status, 200);
    const { headers: seen, body } = desk.provider.last;
    assert.deepEqual(
      [seen['x-trace'], seen['x-other'], seen['openai-organization']],
      ['7', undefined, undefined],
    );
    assert.equal(JSON.parse(body)['top_a'], 1);
    assert.equal((await desk.call('/v1/moderations', { input: 'x' })).status, 200);
    assert.equal(desk.provider.last.body, '{"input":"x"}');
    const asked = desk.provider.seen.length;
    assert.equal((await desk.call('/v1/files', {})).status, 404);
    assert.equal((await desk.call(path, undefined, { method: 'GET' })).status, 405);
    assert.equal((await desk.call(path, { ...chat, service_tier: 'priority' })).status, 400);
    assert.equal((await desk.call(path, { ...chat, model: 'unpriced' })).status, 403);
    assert.equal(desk.provider.seen.length, asked);
  });

  it('answers errors of the provider with their status, and one of its key or its network as its own', async () => {
    const says = async (status: number) => {
      desk.provider.answer = (response) => json(response, { error: 'x' }, status);
      return (await desk.call(path, chat)).status;
    };
    assert.deepEqual([await says(429), await says(400), await says(500)], [429, 400, 500]);
    assert.deepEqual([await says(401), await says(403), await says(302)], [502, 502, 502]);
    desk.provider.answer = (response) => response.destroy();
    assert.equal((await desk.call(path, chat)).status, 502);
    assert.deepEqual((await reported())['outcome'], 'failed');
  });

  it('asks its secret manager for the key once more when the provider refuses it', async () => {
    const other = await StandaloneDesk.open({
      secrets: { upstreamKey: undefined },
      wish: { keyCommand: `cat '${desk.write('managed.key', 'first-key-1')}'` },
    });
    try {
      desk.write('managed.key', 'other-key-2');
      other.clock.advance(6);
      other.provider.answer = (response, { headers }) =>
        json(response, {}, headers.authorization === 'Bearer other-key-2' ? 200 : 401);
      assert.equal((await other.call(path, chat)).status, 200);
      assert.deepEqual(
        other.provider.seen.map(({ headers }) => headers.authorization),
        ['Bearer first-key-1', 'Bearer other-key-2'],
      );
    } finally {
      await other.close();
    }
  });

  it('lets a browser app send what its package sends', async () => {
    const asked = 'authorization,dpop,content-type,x-stainless-lang';
    const told = await desk.send(path, {
      method: 'OPTIONS',
      headers: { 'access-control-request-headers': asked, origin: 'https://app.example' },
    });
    assert.deepEqual([told.status, told.headers['access-control-allow-headers']], [204, asked]);
  });

  it('takes a body of eight megabytes, and says go on only to who has a token', async () => {
    desk.provider.answer = (response) => json(response, {});
    const long = { ...chat, messages: [{ role: 'user', content: 'x'.repeat(8_000_000) }] };
    const told = await desk.call(path, long, { headers: { expect: '100-continue' } });
    assert.equal(told.status, 200);
    assert.equal(desk.provider.last.body.length, JSON.stringify({ ...long, max_tokens: 100 }).length);
    const stranger = await desk.send(path, { method: 'POST', headers: { expect: '100-continue' }, body: '' });
    assert.equal(stranger.status, 401);
  });

  it('holds so many long bodies at once and no more, and takes more when those have gone', async () => {
    const small = await StandaloneDesk.open({ wish: { bodyLimit: '2000' } });
    try {
      const waiting: ServerResponse[] = [];
      const long = { ...chat, messages: [{ role: 'user', content: 'x'.repeat(1800) }] };
      const eight = 8;
      let allHere = (): void => {};
      const all = new Promise<void>((resolve) => (allHere = resolve));
      small.provider.answer = (response) => {
        waiting.push(response);
        if (waiting.length === eight) allHere();
      };
      const answers = Array.from({ length: eight }, () => small.call(path, long));
      await all;
      assert.equal((await small.call(path, long)).status, 503);
      for (const response of waiting) json(response, {});
      assert.deepEqual(new Set((await Promise.all(answers)).map(({ status }) => status)), new Set([200]));
      small.provider.answer = (response) => json(response, {});
      assert.equal((await small.call(path, long)).status, 200);
      assert.equal((await small.call(path, { ...long, user: 'y'.repeat(300) })).status, 413);
    } finally {
      await small.close();
    }
  });

  it('says that it is well and ready, and where its tokens come from', async () => {
    const management = `http://127.0.0.1:${desk.gateway.managementPort}`;
    assert.equal((await fetch(`${management}/healthz`)).status, 200);
    assert.equal((await fetch(`${management}/readyz`)).status, 200);
    const told = await desk.send('/.well-known/oauth-protected-resource');
    assert.deepEqual(JSON.parse(told.text)['authorization_servers'], [desk.issuer.issuer]);
  });
});

describe('the standalone gateway before an Anthropic-style API', () => {
  let desk: StandaloneDesk;
  before(async () => {
    desk = await StandaloneDesk.open({ prices, wish: { api: 'anthropic' } });
  });
  after(() => desk.close());

  const message = { model: 'claude-x', max_tokens: 50, messages: [{ role: 'user', content: 'hello' }] };

  it('streams a message, keeps the version, and adds up what it used', async () => {
    const said = [
      {
        type: 'message_start',
        message: { usage: { input_tokens: 4, cache_read_input_tokens: 6, output_tokens: 1 } },
      },
      { type: 'content_block_delta', delta: { type: 'text_delta', text: 'hi' } },
      { type: 'message_delta', usage: { output_tokens: 9 } },
    ];
    desk.provider.answer = (response) => events(response, said);
    const headers = { 'anthropic-version': '2023-06-01', 'x-api-key': 'of the client' };
    const told = await desk.call('/v1/messages?beta=true', { ...message, stream: true }, { headers });
    assert.equal(told.text, said.map(eventOf).join(''));
    const { headers: seen, url } = desk.provider.last;
    assert.deepEqual(
      [seen['x-api-key'], seen['anthropic-version'], seen.authorization, url],
      [providerKey, '2023-06-01', undefined, '/v1/messages?beta=true'],
    );
    const { input_tokens, output_tokens } = (await desk.reports()).at(-1) ?? {};
    assert.deepEqual([input_tokens, output_tokens], [10, 9]);
  });

  it('refuses what has a price of its own, or lies with the provider', async () => {
    const asked = desk.provider.seen.length;
    for (const change of [
      { tools: [{ type: 'web_search_20250305', name: 'web_search' }] },
      { mcp_servers: [] },
      { max_tokens: undefined },
      { messages: [{ role: 'user', content: [{ type: 'image', source: { type: 'file', file_id: 'f' } }] }] },
    ]) {
      assert.equal((await desk.call('/v1/messages', { ...message, ...change })).status, 400);
    }
    assert.equal(desk.provider.seen.length, asked);
  });
});

describe('the standalone gateway before a Gemini-style API', () => {
  let desk: StandaloneDesk;
  before(async () => {
    desk = await StandaloneDesk.open({ prices, wish: { api: 'gemini' } });
  });
  after(() => desk.close());

  const contents = [{ role: 'user', parts: [{ text: 'hello' }] }];
  const usageMetadata = { promptTokenCount: 3, candidatesTokenCount: 4, thoughtsTokenCount: 5 };

  it('takes the model of the path, streams, and adds up what it used', async () => {
    desk.provider.answer = (response) => events(response, [{ candidates: [] }, { usageMetadata }]);
    const target = '/v1beta/models/gemini-x:streamGenerateContent?alt=sse';
    const told = await desk.call(target, { contents, generation_config: { max_output_tokens: 8 } });
    assert.equal(told.status, 200);
    const { headers, url, body } = desk.provider.last;
    assert.deepEqual([headers['x-goog-api-key'], url], [providerKey, target]);
    assert.deepEqual(JSON.parse(body), { contents, generationConfig: { maxOutputTokens: 8 } });
    const question = desk.issuer.calls.at(-1);
    assert.deepEqual([question?.['model'], question?.['max_cost']], ['gemini-x', body.length * 2 + 80]);
    const { input_tokens, output_tokens } = (await desk.reports()).at(-1) ?? {};
    assert.deepEqual([input_tokens, output_tokens], [3, 9]);
  });

  it('reads the array that comes where nobody asked for events', async () => {
    desk.provider.answer = (response) => json(response, [{ candidates: [] }, { usageMetadata }]);
    const told = await desk.call('/v1beta/models/gemini-x:streamGenerateContent', { contents });
    assert.equal(told.status, 200);
    assert.equal((await desk.reports()).at(-1)?.['output_tokens'], 9);
  });

  it('refuses a key in the address, two spellings of a limit, and another model in the body', async () => {
    const target = '/v1beta/models/gemini-x:generateContent';
    const asked = desk.provider.seen.length;
    assert.equal((await desk.call(`${target}?key=mine`, { contents })).status, 400);
    const generationConfig = { maxOutputTokens: 1, max_output_tokens: 9000 };
    assert.equal((await desk.call(target, { contents, generationConfig })).status, 400);
    assert.equal((await desk.call(target, { contents, model: 'models/gemini-dear' })).status, 400);
    assert.equal(desk.provider.seen.length, asked);
  });
});
