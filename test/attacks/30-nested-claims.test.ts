import assert from 'node:assert/strict';
import { callback, secretOf } from '../support/clients.js';
import { basic } from '../support/device.js';
import { startHoldfast, type Holdfast } from '../support/harness.js';
import { pkce } from '../support/login.js';
import { sendAsIs } from '../support/raw-request.js';

describe('threat 30: a claims parameter that nests without end', () => {
  let holdfast: Holdfast;
  before(async () => {
    holdfast = await startHoldfast();
  });
  after(() => holdfast.close());

  /** Unescaped, so that the nesting fits below the limit of a body. */
  const push = (claims: string) =>
    sendAsIs(`${holdfast.issuer}/par`, {
      method: 'POST',
      headers: basic('web', secretOf('web')),
      body: `${new URLSearchParams({
        client_id: 'web',
        response_type: 'code',
        redirect_uri: callback,
        scope: 'openid',
        code_challenge: pkce().challenge,
        code_challenge_method: 'S256',
      }).toString()}&claims=${claims}`,
    });

  for (const depth of [9000, 2000]) {
    it(`is refused as the client's mistake, never as ours: ${depth} levels`, async () => {
      const answer = await push(`{"userinfo":${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}}`);
      assert.deepEqual(
        [answer.status, answer.body['error']],
        [400, 'invalid_request'],
        JSON.stringify(answer.body),
      );
    });
  }

  it('is taken in the size that anybody needs', async () => {
    assert.equal(
      (await push('{"id_token":{"auth_time":{"essential":true}},"userinfo":{"name":null}}')).status,
      201,
    );
  });
});
