import assert from 'node:assert/strict';
import { startHoldfast, type Holdfast } from '../support/harness.js';

describe('the language of an answer', () => {
  let holdfast: Holdfast;
  before(async () => {
    holdfast = await startHoldfast();
  });
  after(() => holdfast.close());

  const said = async (headers: Record<string, string>) => {
    const answer = await fetch(`${holdfast.issuer}/interaction/none/passkey/sign-in/options`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json', ...headers },
      body: '{}',
    });
    const { error_description: text } = (await answer.json()) as { error_description: string };
    return text;
  };

  it('is the person’s for a script of our own page', async () => {
    const page = { 'sec-fetch-site': 'same-origin' };
    assert.equal(await said({ ...page, 'accept-language': 'zh-Hant' }), '這次登入已完成或已過期。');
    assert.match(await said({ ...page, 'accept-language': 'en' }), /^This sign-in was finished/);
    const chosen = { 'accept-language': 'en', cookie: 'holdfast_language=zh-Hant' };
    assert.equal(await said({ ...page, ...chosen }), '這次登入已完成或已過期。');
  });

  it('is ASCII for everybody else (RFC 6749 §5.2)', async () => {
    for (const site of [{}, { 'sec-fetch-site': 'none' }]) {
      assert.match(await said({ ...site, 'accept-language': 'zh-Hant' }), /^[\x20-\x7e]+$/);
    }
  });
});
