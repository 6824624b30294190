import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import { createContext, runInContext } from 'node:vm';
import { decodeProtectedHeader } from 'jose';
import { bundleForBrowser } from '../../support/browser-app.js';

const entry = './src/client/index.ts';

/** A call of an edge function: a login of its own, and a bound fetch. */
const program = `
import { createBoundFetch, Login } from '${entry}';
const login = new Login({
  issuer: 'https://login.example',
  clientId: 'app',
  resource: 'https://api.example/',
  scope: 'model:call',
});
await login.accept({ access_token: 'token', token_type: 'DPoP', expires_in: 300 });
const answer = await createBoundFetch({ login })(
  new Request('https://api.example/v1/chat', { method: 'POST', body: new Blob(['hello']).stream(), duplex: 'half' }),
);
report(await answer.text());`;

/** Nothing else is there; the last two are of the same realm as the APIs that give them. */
const webApis = {
  crypto,
  URL,
  URLSearchParams,
  Headers,
  Request,
  Response,
  Blob,
  ReadableStream,
  AbortController,
  TextEncoder,
  TextDecoder,
  btoa,
  atob,
  CryptoKey,
  structuredClone,
  Uint8Array,
  ArrayBuffer,
};

describe('holdfast/client where there is no Node', () => {
  it('runs on Web APIs alone', async () => {
    const script = await bundleForBrowser(program);
    const sent: { url: string; init: RequestInit }[] = [];
    const send: typeof fetch = (url, init = {}) => {
      sent.push({ url: String(url as string), init });
      return Promise.resolve(new Response('hello from the edge'));
    };
    const reported = new Promise<string>((resolve, reject) => {
      const context = createContext({
        fetch: send,
        report: resolve,
        fail: reject,
        ...webApis,
      });
      runInContext(`(async () => {${script}})().catch(fail)`, context);
    });
    assert.equal(await reported, 'hello from the edge');
    const headers = new Headers(sent[0]?.init.headers);
    assert.equal(headers.get('authorization'), 'DPoP token');
    assert.equal(decodeProtectedHeader(headers.get('dpop') ?? '').typ, 'dpop+jwt');
    assert.equal(await new Response(sent[0]?.init.body).text(), 'hello');
  });

  for (const [what, names, limit] of [
    ['a bound fetch and a login', 'createBoundFetch, Login', 14_000],
    ['all that a page needs', 'createBoundFetch, BrowserLogin, readChallenge', 16_000],
  ] as const) {
    it(`is small: ${what}`, async () => {
      const bundled = await bundleForBrowser(`export { ${names} } from '${entry}'`, true);
      const size = gzipSync(bundled).length;
      console.log(`      ${what}: ${size} bytes, gzipped`);
      assert.ok(size < limit, `${size} bytes, gzipped`);
    });
  }
});
