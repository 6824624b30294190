import assert from 'node:assert/strict';
import type { IncomingMessage, RequestListener } from 'node:http';
import { inspect } from 'node:util';
import {
  createBoundFetch,
  ForeignOrigin,
  Login,
  memoryStore,
  RedirectRefused,
} from '../../src/client/index.js';
import { keptLogin } from '../support/kept-login.js';
import { listen, type Listener } from '../support/listener.js';

const secrets = { accessToken: 'hldf_at_secret-of-hers', refreshToken: 'hldf_rt_secret-of-hers' };

/* Threat 1: what a client app holds leaves it by an address, a redirect, a message, or a copy of where it is kept. */
describe('what a client app holds', () => {
  let foreign: Listener;
  let resource: Listener;
  let requests: IncomingMessage[];
  let answer: RequestListener;
  let login: Login;
  let boundFetch: typeof fetch;

  before(async () => {
    foreign = await listen();
    resource = await listen((request, response) => {
      requests.push(request);
      answer(request, response);
    });
  });
  after(() => Promise.all([foreign.close(), resource.close()]));
  beforeEach(async () => {
    requests = [];
    answer = (_, response) => void response.end('{}');
    const at = { resource: `${resource.url}/`, issuer: resource.url };
    login = await keptLogin({ ...at, tokens: secrets });
    boundFetch = createBoundFetch({ login });
  });

  it('goes to no other origin, whoever made the address', async () => {
    const host = new URL(resource.url).host;
    const addresses = [
      foreign.url,
      new URL('/v1', foreign.url),
      new Request(`${foreign.url}/v1`),
      `http://${host}@127.0.0.1:${foreign.port}/`,
      `${resource.url.replace('127.0.0.1', 'localhost')}/`,
    ];
    for (const address of addresses) await assert.rejects(boundFetch(address), ForeignOrigin);
    assert.deepEqual([foreign.connections, requests.length], [0, 0]);
  });

  for (const status of [301, 302, 303, 307, 308]) {
    it(`follows no redirect to another server (${status})`, async () => {
      answer = (_, response) => response.writeHead(status, { location: `${foreign.url}/` }).end();
      await assert.rejects(boundFetch(`${resource.url}/v1`, { method: 'POST', body: 'b' }), RedirectRefused);
      assert.deepEqual([foreign.connections, requests.length], [0, 1]);
    });
  }

  it('takes no API key along that an SDK holds in its place', async () => {
    const keys = {
      authorization: 'Bearer sk-1',
      'x-api-key': 'sk-2',
      'api-key': 'sk-3',
      'x-goog-api-key': 'sk-4',
    };
    await boundFetch(`${resource.url}/v1`, { headers: keys });
    assert.ok(!/sk-\d/.test(JSON.stringify(requests[0]?.rawHeaders)));
  });

  it('is a key that can’t be read out, unless its store must write it down', async () => {
    const at = { issuer: resource.url, clientId: 'app', resource: `${resource.url}/`, scope: 'openid' };
    const { privateKey } = await new Login({ ...at, store: memoryStore() }).key();
    assert.equal(privateKey.extractable, false);
    await assert.rejects(crypto.subtle.exportKey('jwk', privateKey), { name: 'InvalidAccessError' });
    const written = new Login({ ...at, store: { ...memoryStore(), extractable: true } });
    assert.equal((await written.key()).privateKey.extractable, true);
  });

  it('stands in no error, though the provider repeats it', async () => {
    answer = (request, response) => {
      if (request.url !== '/token') {
        const endpoints = {
          authorization_endpoint: `${resource.url}/authorize`,
          token_endpoint: `${resource.url}/token`,
        };
        return void response.end(JSON.stringify({ issuer: resource.url, ...endpoints }));
      }
      const said = { error: `bad ${secrets.refreshToken}`, error_description: `no: ${secrets.refreshToken}` };
      response.writeHead(400, { 'content-type': 'application/json' }).end(JSON.stringify(said));
    };
    const errors = [
      await login.renew(secrets.accessToken).catch((error: unknown) => error),
      await boundFetch(`${foreign.url}/`).catch((error: unknown) => error),
    ];
    assert.ok(errors.every((error) => error instanceof Error));
    const told = inspect(errors, { depth: 10, showHidden: true });
    assert.ok(told.includes('ProviderRefused') && told.includes('ForeignOrigin'), told);
    assert.ok(!told.includes('secret-of-hers'), told);
    assert.ok(!inspect(login, { depth: 10 }).includes('secret-of-hers'));
  });
});
