import assert from 'node:assert/strict';
import { upstreamBackend } from '../../examples/gateway/upstream-backend.js';
import type { Logger } from '../../src/observability/logger.js';

/** Threat 16: what reaches the upstream is the model that was judged, at the price that was judged. */
describe('threat 16: a call of a cheap model that means something dearer', () => {
  const note = (): void => {};
  const logger: Logger = { debug: note, info: note, warn: note, error: note };
  const backend = upstreamBackend({
    baseUrl: 'https://upstream.test/v1',
    price: { input: 1, output: 1 },
    logger,
    meter: { calls: 0, microDollars: 0, count: note },
  });
  const cheap = { model: 'cheap', messages: [{ role: 'user', content: 'hi' }], max_tokens: 5 };
  const said = (more: object): unknown => {
    const call = backend.read(JSON.stringify({ ...cheap, ...more }));
    return call.ok ? 'passed on' : call.refusal.detail;
  };

  it('is passed on with what any client sends', () => {
    const tools = [{ type: 'function', function: { name: 'now', parameters: {} } }];
    const messages = [
      { role: 'user', content: [{ type: 'text', text: 'hi' }] },
      { role: 'assistant', content: null, tool_calls: [{ id: 'a', type: 'function', function: {} }] },
      { role: 'tool', tool_call_id: 'a', content: 'noon' },
    ];
    assert.equal(said({ temperature: 0, stream: true, tools, tool_choice: 'auto', messages }), 'passed on');
  });

  for (const [how, more] of Object.entries({
    'names other models to fall back to': { models: ['frontier/x'] },
    'names them as another upstream wants it': { fallbacks: ['frontier/x'], route: 'fallback' },
    'hides them for a proxy': { extra_body: { model: 'frontier/x' } },
    'wants a dearer service': { service_tier: 'priority' },
    'wants a search': { web_search_options: {} },
    'wants to hear the answer': { modalities: ['audio'], audio: { voice: 'x', format: 'wav' } },
    'guesses the answer, at a price': { prediction: { type: 'content', content: 'x' } },
    'wants many answers': { n: 100 },
    'uses a tool of the upstream': { tools: [{ type: 'web_search' }] },
    'shows a picture by its short address': {
      messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'https://a.test/b' } }] }],
    },
  })) {
    it(`${how}, and is refused`, () => {
      assert.match(String(said(more)), /^[a-z0-9_.*]+: .+\.$/);
    });
  }

  it('refers to a sound that it heard before, which stays here', () => {
    const spoken = backend.read(
      JSON.stringify({ ...cheap, messages: [{ role: 'assistant', audio: { id: 'x' } }] }),
    );
    assert.ok(spoken.ok);
    assert.equal(
      spoken.value.maxCost,
      Buffer.byteLength('{"model":"cheap","max_tokens":5,"messages":[{"role":"assistant"}]}') + 5,
    );
  });
});
