import assert from 'node:assert/strict';
import { decodeJwt } from 'jose';
import { createBoundFetch, ForeignOrigin, RedirectRefused } from '../../../src/client/index.js';
import { accessTokenHash } from '../../../src/proof/thumbprint.js';
import { keptLogin } from '../../support/kept-login.js';

interface Sent {
  readonly url: string;
  readonly init: RequestInit;
  readonly headers: Headers;
  readonly body: string;
}

describe('a bound fetch', () => {
  const sent: Sent[] = [];
  let answers: Response[];
  let boundFetch: typeof fetch;

  beforeEach(async () => {
    sent.length = 0;
    answers = [];
    const record: typeof fetch = async (url, init = {}) => {
      const body = await new Response(init.body).text();
      sent.push({ url: String(url as string), init, headers: new Headers(init.headers), body });
      return answers.shift() ?? new Response('{}');
    };
    boundFetch = createBoundFetch({ login: await keptLogin({ fetch: record }), longestReplay: 8 });
  });

  const proofs = () => sent.map(({ headers }) => decodeJwt(headers.get('dpop') ?? ''));
  const refusal = (error: string, nonce = 'n-1') =>
    new Response('', {
      status: 401,
      headers: { 'dpop-nonce': nonce, 'www-authenticate': `DPoP error="${error}"` },
    });
  const stream = (...chunks: string[]) =>
    new ReadableStream<Uint8Array>({
      start(controller) {
        for (const chunk of chunks) controller.enqueue(new TextEncoder().encode(chunk));
        controller.close();
      },
    });

  it('sends the token with a proof of its own for it', async () => {
    await boundFetch('https://api.example/v1?x=1', { method: 'post', body: 'hello' });
    const [proof] = proofs();
    assert.equal(sent[0]?.headers.get('authorization'), 'DPoP token');
    assert.deepEqual([sent[0]?.init.method, sent[0]?.body], ['POST', 'hello']);
    assert.deepEqual([proof?.['htm'], proof?.['htu']], ['POST', 'https://api.example/v1']);
    assert.equal(proof?.['ath'], accessTokenHash('token'));
  });

  it('sends no other credential beside it', async () => {
    const headers = {
      authorization: 'Bearer k',
      'x-api-key': 'k',
      'api-key': 'k',
      'x-goog-api-key': 'k',
      'x-kept': 'k',
    };
    await boundFetch('https://api.example/', { headers });
    const names = [...(sent[0]?.headers.keys() ?? [])];
    assert.deepEqual(names.sort(), ['authorization', 'dpop', 'x-kept']);
    assert.equal(sent[0]?.headers.get('authorization'), 'DPoP token');
  });

  it('takes what fetch takes: a Request, a form, a URL', async () => {
    await boundFetch(
      new Request('https://api.example/a', { method: 'PUT', body: 'text', headers: { 'x-a': '1' } }),
    );
    const form = new FormData();
    form.set('file', new Blob(['bytes']), 'a.txt');
    await boundFetch(new URL('https://api.example/b'), { method: 'POST', body: form });
    assert.deepEqual(
      [sent[0]?.init.method, sent[0]?.body, sent[0]?.headers.get('x-a')],
      ['PUT', 'text', '1'],
    );
    assert.match(sent[0]?.headers.get('content-type') ?? '', /^text\/plain/);
    assert.equal(sent[1]?.init.body, form);
    assert.equal(proofs()[1]?.['htu'], 'https://api.example/b');
  });

  for (const [what, body, replays] of [
    ['a text', () => 'again', true],
    ['a short stream', () => stream('ag', 'ain'), true],
    ['a stream that is longer than it keeps', () => stream('a'.repeat(6), 'b'.repeat(6), 'c'), false],
  ] as const) {
    it(`answers a demand for a nonce once, with another proof, for ${what}`, async () => {
      answers = [refusal('use_dpop_nonce'), new Response('{}'), refusal('use_dpop_nonce', 'n-2')];
      await boundFetch('https://api.example/', {
        method: 'POST',
        body: body(),
        duplex: 'half',
      } as RequestInit);
      assert.deepEqual(
        proofs().map(({ htm, nonce }) => [htm, nonce]),
        // What can be sent once asks for a nonce before.
        replays
          ? [
              ['POST', undefined],
              ['POST', 'n-1'],
            ]
          : [
              ['HEAD', undefined],
              ['POST', 'n-1'],
            ],
      );
      assert.notEqual(proofs()[0]?.jti, proofs()[1]?.jti);
      assert.equal(sent[1]?.body, await new Response(body()).text());
    });
  }

  it('hands on what was refused for another reason, with its body unread', async () => {
    answers = [new Response('no', { status: 403 })];
    const refused = await boundFetch('https://api.example/');
    assert.deepEqual([refused.status, await refused.text(), sent.length], [403, 'no', 1]);
  });

  it('answers a demand with the nonce of that very answer, whatever parallel answers brought', async () => {
    const gates: (() => void)[] = [];
    const slow: typeof fetch = async (_, init) => {
      const { nonce } = decodeJwt(new Headers(init?.headers).get('dpop') ?? '');
      if (typeof nonce === 'string') return new Response(nonce);
      const mine = `n-${gates.length}`;
      await new Promise<void>((resolve) => gates.push(resolve));
      return refusal('use_dpop_nonce', mine);
    };
    const parallel = createBoundFetch({ login: await keptLogin({ fetch: slow }) });
    const calls = [0, 1, 2].map(() => parallel('https://api.example/').then((answer) => answer.text()));
    while (gates.length < 3) await new Promise((resolve) => setImmediate(resolve));
    for (const open of gates.toReversed()) open();
    assert.deepEqual((await Promise.all(calls)).sort(), ['n-0', 'n-1', 'n-2']);
  });

  it('sends nothing to another origin than the resource’s', async () => {
    for (const address of [
      'https://api.example.evil.example/',
      'http://api.example/',
      'https://api.example:8443/',
    ]) {
      await assert.rejects(boundFetch(address), ForeignOrigin);
    }
    assert.equal(sent.length, 0);
  });

  it('follows no redirect', async () => {
    answers = [new Response(null, { status: 307, headers: { location: 'https://evil.example/' } })];
    await assert.rejects(boundFetch('https://api.example/'), RedirectRefused);
    assert.deepEqual([sent.length, sent[0]?.init.redirect], [1, 'manual']);
  });

  it('lets go of a call that its caller aborts', async () => {
    const controller = new AbortController();
    const login = await keptLogin({ fetch: () => new Promise<Response>(() => undefined) });
    const call = createBoundFetch({ login })('https://api.example/', { signal: controller.signal });
    controller.abort(new Error('enough'));
    await assert.rejects(call, /enough/);
  });
});
