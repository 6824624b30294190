import assert from 'node:assert/strict';
import { decodeJwt } from 'jose';
import { createBoundFetch, generateProofKey, type BoundFetch } from '../../../src/client/index.js';
import { accessTokenHash } from '../../../src/proof/thumbprint.js';

describe('a fetch that holds the key', () => {
  const sent: { init: RequestInit & { headers: Record<string, string> } }[] = [];
  let answers: Response[];
  let boundFetch: BoundFetch;

  beforeEach(async () => {
    sent.length = 0;
    answers = [];
    const record = (_: unknown, init?: RequestInit): Promise<Response> => {
      sent.push({ init: init as (typeof sent)[number]['init'] });
      return Promise.resolve(answers.shift() ?? new Response('{}'));
    };
    boundFetch = createBoundFetch({ key: await generateProofKey(), fetch: record });
  });

  const proofs = () => sent.map(({ init }) => decodeJwt(init.headers['dpop'] ?? ''));
  const challenge = (error: string) => ({ 'dpop-nonce': 'n-1', 'www-authenticate': `DPoP error="${error}"` });

  it('sends the token with a proof of its own for it', async () => {
    await boundFetch('https://api.example/v1?x=1', { method: 'POST', body: 'hello', accessToken: 'token' });
    const [proof] = proofs();
    assert.equal(sent[0]?.init.headers['authorization'], 'DPoP token');
    assert.equal(sent[0]?.init.body, 'hello');
    assert.equal(proof?.['htm'], 'POST');
    assert.equal(proof?.['htu'], 'https://api.example/v1');
    assert.equal(proof?.['ath'], accessTokenHash('token'));
  });

  it('follows no redirect', async () => {
    await boundFetch('https://api.example/');
    assert.equal(sent[0]?.init.redirect, 'error');
  });

  for (const [server, answer] of [
    ['a resource server', () => new Response('', { status: 401, headers: challenge('use_dpop_nonce') })],
    [
      'an authorization server',
      () => new Response('{"error":"use_dpop_nonce"}', { status: 400, headers: { 'dpop-nonce': 'n-1' } }),
    ],
  ] as const) {
    it(`repeats a request once when ${server} asks for its nonce, with another proof`, async () => {
      answers = [answer(), answer(), answer()];
      await boundFetch('https://api.example/', { body: 'again', method: 'POST' });
      assert.deepEqual(
        proofs().map(({ nonce }) => nonce),
        [undefined, 'n-1'],
      );
      assert.notEqual(proofs()[0]?.jti, proofs()[1]?.jti);
      assert.equal(sent[1]?.init.body, 'again');
    });
  }

  it('does not repeat what was refused for another reason, and leaves its body unread', async () => {
    answers = [new Response('no', { status: 401, headers: challenge('invalid_token') })];
    const refused = await boundFetch('https://api.example/');
    assert.equal(await refused.text(), 'no');
    answers = [new Response('{"error":"invalid_grant"}', { status: 400, headers: { 'dpop-nonce': 'n-2' } })];
    assert.deepEqual(await (await boundFetch('https://api.example/')).json(), { error: 'invalid_grant' });
    assert.equal(sent.length, 2);
  });

  it('uses the newest nonce of each server and no other', async () => {
    answers = [new Response('', { headers: { 'dpop-nonce': 'n-1' } })];
    for (const host of ['a', 'a', 'b']) await boundFetch(`https://${host}.example/`);
    assert.deepEqual(
      proofs().map(({ nonce }) => nonce),
      [undefined, 'n-1', undefined],
    );
  });
});
