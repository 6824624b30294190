import assert from 'node:assert/strict';
import { json } from '../support/fake-model-provider.js';
import { StandaloneDesk } from '../support/standalone-desk.js';

const chat = '/v1/chat/completions';
const messages = [{ role: 'user', content: 'hello' }];

/** Threat 16: the call that was judged is the call that is served, whoever reads it next. */
describe('threat 16: a call that the provider reads differently than the gateway', () => {
  let desk: StandaloneDesk;
  before(async () => {
    desk = await StandaloneDesk.open();
    desk.provider.answer = (response) => json(response, {});
  });
  after(() => desk.close());

  const unserved = async (target: string, body: unknown, asking = {}): Promise<void> => {
    const asked = desk.provider.seen.length;
    const { status } = await desk.call(target, body, asking);
    assert.ok(status === 400 || status === 404, `${target} ${JSON.stringify(body)}: ${status}`);
    assert.equal(desk.provider.seen.length, asked, target);
  };

  it('is sent as it was read, in one spelling, and is refused where it names two models', async () => {
    const spelled = `\ufeff{ "\\u006dodel" : "ch\\u0065ap" , "messages" : ${JSON.stringify(messages)} }`;
    assert.equal((await desk.call(chat, undefined, { body: spelled })).status, 200);
    assert.equal(desk.issuer.calls.at(-1)?.['model'], 'cheap');
    assert.equal(desk.provider.last.body, JSON.stringify({ model: 'cheap', messages }));
    await unserved(chat, undefined, { body: `{"model":"dear","messages":[],"model":"cheap"}` });
    await unserved(chat, undefined, { body: `{"model":"dear","messages":[],"\\u006dodel":"cheap"}` });
  });

  it('is refused where another member may stand for model or price', async () => {
    const model = 'cheap';
    const tools = [{ type: 'web_search' }];
    for (const change of [
      { Model: 'dear' },
      { MODEL: 'dear' },
      { 'model\u0000': 'dear' },
      { models: ['dear'] },
      { route: 'fallback' },
      { fallbacks: ['dear'] },
      { provider: { order: ['dear'] } },
      { service_tier: 'priority' },
      { tools },
    ]) {
      await unserved(chat, { model, messages, ...change });
    }
    await unserved('/v1/responses', { model, input: 'x', previous_response_id: 'resp_of_another' });
  });

  it('is refused where it means what the provider holds, whose size and owner nobody knows here', async () => {
    const model = 'cheap';
    for (const item of [
      { type: 'item_reference', id: 'msg_of_another' },
      // The type may be left out: what has no more than an id is one, too.
      { id: 'msg_of_another' },
      { id: 'msg_of_another', type: null },
      { role: 'user', content: [{ type: 'input_file', file_id: 'file-of-another' }] },
    ]) {
      await unserved('/v1/responses', { model, input: [item] });
    }
    const said = { role: 'assistant', audio: { id: 'audio_of_another' } };
    await unserved(chat, { model, messages: [...messages, said] });
  });

  it('is refused where its path could be another', async () => {
    for (const target of [
      '//v1/chat/completions',
      '/v1//chat/completions',
      '/v1/chat/completions/',
      '/v1/%63hat/completions',
      '/v1/chat%2Fcompletions',
      '/v1/x/../chat/completions',
      '/v1/./chat/completions',
      '/V1/chat/completions',
      '/v1/chat/completions;a=b',
      '/v1/chat/completions%00',
      '/v1\\chat\\completions',
      '/v1/chat/completions?model=dear',
      'http://models.example/v1/chat/completions',
    ]) {
      await unserved(target, { model: 'cheap', messages }, { proof: await desk.proof('POST', chat) });
    }
    for (const target of [
      '/v1/models/..',
      '/v1/models/../files',
      '/v1/models/%2e%2e/files',
      '/v1/models//x',
    ]) {
      await unserved(target, undefined, { method: 'GET', proof: await desk.proof('GET', '/v1/models') });
    }
  });

  it('goes by no header that names another method, path or host', async () => {
    const headers = {
      'x-http-method-override': 'DELETE',
      'x-original-url': '/v1/files',
      'x-rewrite-url': '/v1/files',
      'x-forwarded-host': 'evil.example',
      'content-encoding': 'identity',
    };
    assert.equal((await desk.call(chat, { model: 'cheap', messages }, { headers })).status, 200);
    const { method, url, headers: seen } = desk.provider.last;
    assert.deepEqual([method, url, seen.host], ['POST', chat, new URL(desk.provider.url).host]);
    for (const name of Object.keys(headers)) assert.equal(seen[name], undefined, name);
  });
});

describe('threat 16: a call that costs more than can be seen in it', () => {
  it('counts documents also where a tool answered with them, and takes none by reference', async () => {
    const price = { models: ['gemini*'], input: 1, output: 0, media_tokens: 50_000 };
    const desk = await StandaloneDesk.open({ wish: { api: 'gemini' }, prices: [price] });
    desk.provider.answer = (response) => json(response, {});
    const target = '/v1beta/models/gemini-x:generateContent';
    const answeredWith = (part: object) =>
      desk.call(target, {
        contents: [{ parts: [{ functionResponse: { name: 'read', response: {}, parts: [part] } }] }],
      });
    const document = { inlineData: { mimeType: 'application/pdf', data: 'AAAA' } };
    assert.equal((await answeredWith(document)).status, 200);
    assert.ok(Number(desk.issuer.calls.at(-1)?.['max_cost']) > 50_000);
    assert.equal((await answeredWith({ fileData: { fileUri: 'gs://of-another' } })).status, 400);
    assert.equal(desk.provider.seen.length, 1);
    await desk.close();
  });
});
