import assert from 'node:assert/strict';
import { costOf, highestCost, readPrices } from '../../src/gateway/standalone/prices.js';

const list = JSON.stringify([
  { models: ['gpt-5-mini*'], input: 0.25, output: 2 },
  { models: ['gpt-5*', 'o3'], input: 1.25, output: 10, max_tokens: 16, media_tokens: 100 },
]);
const request = { model: 'x', body: {}, mediaParts: 0, streams: false };

describe('a list of prices', () => {
  it('has the first entry that fits, in any spelling of the model', () => {
    const prices = readPrices(list);
    assert.equal(prices('gpt-5-mini-2026')?.output, 2);
    assert.equal(prices(' GPT-5 ')?.output, 10);
    assert.equal(prices('gpt-4'), undefined);
  });

  it('counts each byte as a token, each picture as its most, and writing to a cache', () => {
    const price = readPrices(list)('o3');
    assert.ok(price);
    assert.equal(highestCost(price, { ...request, outputTokens: 2 }, 11), Math.ceil(11 * 1.25 + 20));
    const dear = { ...request, outputTokens: 2, mediaParts: 3, inputFactor: 2 };
    assert.equal(highestCost(price, dear, 11), Math.ceil(311 * 1.25 * 2 + 20));
    assert.equal(highestCost(price, { ...request, outputTokens: undefined }, 11), undefined);
    assert.equal(costOf(price, { inputTokens: 1 }), 2);
  });

  it('is refused with what is wrong with it', () => {
    const wrong = {
      '{}': /array/,
      '[{"models":["a"],"input":1}]': /entry 1: output must be a number/,
      '[{"models":[],"input":1,"output":1}]': /models must be globs/,
      '[{"models":["a"],"input":-1,"output":1}]': /input/,
      '[{"models":["a"],"input":1,"output":1,"maxTokens":5}]': /maxTokens is not a member/,
    };
    for (const [text, says] of Object.entries(wrong)) assert.throws(() => readPrices(text), says);
  });
});
