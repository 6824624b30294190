import assert from 'node:assert/strict';
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { NotApproved } from '../../src/client/command/person-answer.js';
import { ProxyDesk, restless, untilApproved } from '../support/proxy-desk.js';

const messages = [{ role: 'user' as const, content: 'hello' }];

/** A promise that the test settles: nothing here waits for time. */
function barrier() {
  let pass = (): void => undefined;
  const passed = new Promise<void>((resolve) => (pass = resolve));
  return { passed, pass: () => pass() };
}

const chunk = (content: string): string =>
  `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', choices: [{ index: 0, delta: { content } }] })}\n\n`;

describe('SDKs, unmodified, through holdfast proxy', function () {
  this.timeout(30_000);
  let desk: ProxyDesk;
  afterEach(() => desk.close());

  const openai = (options = {}): OpenAI =>
    new OpenAI({ baseURL: `${desk.origin}/v1`, apiKey: desk.secret, ...options });

  it('openai streams on after the person approved, and overlooks the signs of life before', async () => {
    const person = barrier();
    desk = await ProxyDesk.open({
      keepAlive: restless,
      person: async (_, approve) => {
        await person.passed;
        await approve();
      },
    });
    desk.answer = untilApproved((_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.end(`${chunk('one ')}${chunk('two')}data: [DONE]\n\n`);
    });
    // Its promise settles with the head of the answer: before anybody approved.
    const stream = await openai().chat.completions.create({ model: 'm', messages, stream: true });
    assert.equal(desk.asked, 1);
    person.pass();
    let said = '';
    for await (const event of stream) said += event.choices[0]?.delta.content ?? '';
    assert.equal(said, 'one two');
    const [, second] = desk.arrivals;
    assert.equal(second?.headers.authorization, 'DPoP approved-token');
    assert.ok(second.headers['dpop']);
  });

  it('a client that gave up and tries again joins the question that is open', async () => {
    const person = barrier();
    desk = await ProxyDesk.open({
      person: async (_, approve) => {
        await person.passed;
        await approve();
      },
    });
    desk.answer = untilApproved((_, response) => {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ choices: [{ message: { role: 'assistant', content: 'served' } }] }));
    });
    const impatient = new AbortController();
    const first = openai({ maxRetries: 0 }).chat.completions.create(
      { model: 'm', messages },
      { signal: impatient.signal },
    );
    first.catch(() => undefined);
    while (desk.asked === 0) await new Promise((resolve) => setImmediate(resolve));
    impatient.abort();
    await assert.rejects(first);
    const again = openai().chat.completions.create({ model: 'm', messages });
    while (desk.arrivals.length < 2) await new Promise((resolve) => setImmediate(resolve));
    person.pass();
    assert.equal((await again).choices[0]?.message.content, 'served');
    assert.equal(desk.asked, 1);
  });

  it('a no is not tried again by the SDK, and not asked again at once', async () => {
    desk = await ProxyDesk.open({ person: () => Promise.reject(new NotApproved('denied')) });
    desk.answer = untilApproved((_, response) => void response.end());
    const call = () => openai({ maxRetries: 2 }).chat.completions.create({ model: 'm', messages });
    for (const _ of [1, 2]) {
      await assert.rejects(call(), (error: InstanceType<typeof OpenAI.APIError>) => {
        assert.deepEqual([error.status, error.code], [403, 'approval_denied']);
        assert.equal(error.headers?.get('x-should-retry'), 'false');
        assert.match(error.message, /You said no\. Nothing was called, nothing was spent\./);
        return true;
      });
    }
    assert.equal(desk.asked, 1);
    assert.equal(desk.arrivals.length, 2);
    desk.clock.advance(31);
    await assert.rejects(call());
    assert.equal(desk.asked, 2);
  });

  it('a no after the stream has begun ends it by an error', async () => {
    const person = barrier();
    desk = await ProxyDesk.open({
      keepAlive: restless,
      person: async () => {
        await person.passed;
        throw new NotApproved('denied');
      },
    });
    desk.answer = untilApproved((_, response) => void response.end());
    const stream = await openai().chat.completions.create({ model: 'm', messages, stream: true });
    person.pass();
    await assert.rejects(async () => {
      for await (const _ of stream);
    }, /You said no/);
    assert.equal(desk.arrivals.length, 1);
  });

  it('a plain answer that has begun with white space is whole after a yes, and broken after a no', async () => {
    const answers = [barrier(), barrier()];
    desk = await ProxyDesk.open({
      keepAlive: restless,
      person: async (_, approve) => {
        const [yes, no] = answers;
        if (desk.asked === 1) {
          await no?.passed;
          throw new NotApproved('denied');
        }
        await yes?.passed;
        await approve();
      },
    });
    desk.answer = untilApproved((_, response) => {
      response.setHeader('content-type', 'application/json');
      response.end('{"choices":[{"message":{"content":"served"}}]}');
    });
    const ask = () =>
      fetch(`${desk.origin}/v1/chat/completions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${desk.secret}`, 'content-type': 'application/json' },
        body: JSON.stringify({ model: 'm', messages }),
      });
    const refused = await ask();
    assert.equal(refused.status, 200);
    answers[1]?.pass();
    await assert.rejects(refused.text());
    desk.clock.advance(31);
    const served = await ask();
    answers[0]?.pass();
    const text = await served.text();
    assert.match(text, /^\n/);
    assert.deepEqual(JSON.parse(text), { choices: [{ message: { content: 'served' } }] });
  });

  it('what the resource refuses for good is not tried again, an outage is', async () => {
    desk = await ProxyDesk.open();
    desk.answer = (_, response) => {
      response.writeHead(403, { 'content-type': 'application/json', 'access-control-allow-origin': '*' });
      response.end('{"error":"access_denied","error_description":"No approval could hold this."}');
    };
    await assert.rejects(
      openai().chat.completions.create({ model: 'm', messages }),
      (error: InstanceType<typeof OpenAI.APIError>) => {
        assert.equal(error.headers?.get('x-should-retry'), 'false');
        assert.equal(error.headers.get('access-control-allow-origin'), null);
        return error.status === 403;
      },
    );
    assert.equal(desk.arrivals.length, 1);
    desk.answer = ({ headers }, response) => {
      if (headers['x-stainless-retry-count'] !== '0') {
        response.setHeader('content-type', 'application/json');
        return void response.end('{"served":true}');
      }
      response.writeHead(503).end();
    };
    assert.deepEqual(await openai().chat.completions.create({ model: 'm', messages }), { served: true });
  });

  it('@anthropic-ai/sdk streams, with its own key header, and is told of a no', async () => {
    desk = await ProxyDesk.open({ person: () => Promise.reject(new NotApproved('expired')) });
    desk.answer = (_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const start = {
        type: 'message_start',
        message: { id: 'm', type: 'message', role: 'assistant', content: [], usage: {} },
      };
      const block = { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } };
      const delta = {
        type: 'content_block_delta',
        index: 0,
        delta: { type: 'text_delta', text: 'hello there' },
      };
      const rest = [
        { type: 'content_block_stop', index: 0 },
        { type: 'message_delta', delta: {}, usage: {} },
        { type: 'message_stop' },
      ];
      for (const event of [start, block, delta, ...rest])
        response.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
      response.end();
    };
    const anthropic = new Anthropic({ baseURL: desk.origin, apiKey: desk.secret, authToken: null });
    const question = { model: 'm', max_tokens: 9, messages };
    assert.equal(await anthropic.messages.stream(question).finalText(), 'hello there');
    const [arrived] = desk.arrivals;
    assert.equal(arrived?.url, '/v1/messages');
    assert.equal(arrived.headers['x-api-key'], undefined);
    assert.match(String(arrived.headers['anthropic-version']), /^20\d\d-/);
    assert.ok(!JSON.stringify(desk.arrivals).includes(desk.secret));

    desk.answer = untilApproved((_, response) => void response.end());
    await assert.rejects(
      anthropic.messages.create(question),
      (error: InstanceType<typeof Anthropic.APIError>) =>
        error.status === 403 && /Nobody answered/.test(error.message),
    );
    assert.equal(desk.arrivals.length, 2);
  });
});
