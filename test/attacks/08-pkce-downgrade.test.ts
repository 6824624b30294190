import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { callback, gatewayA, secretOf } from '../support/clients.js';
import { basic, Device, postForm } from '../support/device.js';
import { startHoldfast, type Holdfast } from '../support/harness.js';
import { authorizeUrl, logIn, pkce, redeem } from '../support/login.js';
import { Visitor } from '../support/visitor.js';

/** Who wants a code that no verifier protects. */
describe('threat 8: PKCE taken away', () => {
  let holdfast: Holdfast;
  let issuer: string;
  before(async () => {
    holdfast = await startHoldfast();
    ({ issuer } = holdfast);
  });
  after(() => holdfast.close());

  /** The error that the authorization endpoint sends to the client when `change` is done to a good request. */
  async function errorOf(clientId: string, change: (parameters: URLSearchParams) => void) {
    const url = new URL(authorizeUrl({ issuer, clientId }, pkce().challenge));
    change(url.searchParams);
    const { location } = await new Visitor().get(url.href);
    assert.ok(location?.startsWith(callback), location ?? 'no redirect');
    return new URL(location ?? '').searchParams.get('error');
  }

  for (const clientId of ['spa', 'web']) {
    it(`refuses a request of ${clientId} without a challenge`, async () => {
      const error = await errorOf(clientId, (parameters) => {
        parameters.delete('code_challenge');
        parameters.delete('code_challenge_method');
      });
      assert.equal(error, 'invalid_request');
    });

    it(`refuses plain, and a method left out, to ${clientId}`, async () => {
      assert.equal(
        await errorOf(clientId, (p) => p.set('code_challenge_method', 'plain')),
        'invalid_request',
      );
      assert.equal(await errorOf(clientId, (p) => p.delete('code_challenge_method')), 'invalid_request');
    });
  }

  it('refuses a challenge that is no S256 hash', async () => {
    for (const challenge of ['short', 'x'.repeat(129), 'ü'.repeat(43), '='.repeat(43)]) {
      assert.equal(
        await errorOf('spa', (p) => p.set('code_challenge', challenge)),
        'invalid_request',
        challenge,
      );
    }
  });

  it('refuses a pushed request without a challenge, and one with plain', async () => {
    const request = { client_id: 'web', response_type: 'code', redirect_uri: callback };
    const push = (more: Record<string, string>) =>
      postForm({
        url: `${issuer}/par`,
        headers: basic('web', secretOf('web')),
        form: { ...request, scope: 'openid model:call', resource: gatewayA, ...more },
      });
    const { challenge } = pkce();
    const plain = { code_challenge: challenge, code_challenge_method: 'plain' };
    for (const more of [{}, plain, { code_challenge: challenge }, { code_challenge_method: 'S256' }]) {
      const answer = await push(more);
      assert.deepEqual([answer.status, answer.body['error']], [400, 'invalid_request'], JSON.stringify(more));
    }
    assert.equal((await push({ ...plain, code_challenge_method: 'S256' })).status, 201);
  });

  it('names S256 alone in its metadata', async () => {
    const metadata: unknown = await (await fetch(`${issuer}/.well-known/openid-configuration`)).json();
    const methods = (metadata as { code_challenge_methods_supported: string[] })
      .code_challenge_methods_supported;
    assert.deepEqual(methods, ['S256']);
  });

  it('refuses the challenge itself as the verifier, and verifiers of a wrong shape', async () => {
    const login = await logIn({ issuer });
    const device = await Device.create();
    const challenge = createHash('sha256').update(login.verifier).digest('base64url');
    const { verifier } = login;
    for (const wrong of [
      challenge,
      verifier.slice(1),
      `${verifier}A`,
      verifier.toUpperCase(),
      'x'.repeat(129),
    ]) {
      const answer = await redeem(issuer, { ...login, verifier: wrong }, device);
      assert.equal(answer.status, 400, wrong);
      assert.match(String(answer.body['error']), /^invalid_(grant|request)$/);
    }
    assert.equal((await redeem(issuer, login, device)).status, 200);
  });

  it('refuses a redemption without the verifier', async () => {
    const login = await logIn({ issuer });
    const device = await Device.create();
    const answer = await device.post({
      url: `${issuer}/token`,
      form: { grant_type: 'authorization_code', client_id: 'spa', code: login.code, redirect_uri: callback },
    });
    assert.deepEqual([answer.status, answer.body['error']], [400, 'invalid_grant']);
    assert.equal((await redeem(issuer, login, device)).status, 200);
  });
});
