import assert from 'node:assert/strict';
import { loadConfig } from '../../src/config/load.js';
import { testClients } from '../support/clients.js';
import { startHoldfast, type Holdfast } from '../support/harness.js';
import { authorizeUrl, pkce } from '../support/login.js';
import { Visitor } from '../support/visitor.js';

/** What may be registered at all; redirects.test.ts is about what is then asked for. */
describe('threat 10: a redirect URI of a client that no client should have', () => {
  /** What the configuration says of a client with this redirect URI; empty when it is taken. */
  function problemsOf(applicationType: string | undefined, redirectUri: string): string {
    const client = { client_id: 'app', token_endpoint_auth_method: 'none', redirect_uris: [redirectUri] };
    const type = applicationType === undefined ? {} : { application_type: applicationType };
    const readFile = () => JSON.stringify({ clients: [{ ...client, ...type }] });
    const loaded = loadConfig({ env: { HOLDFAST_CONFIG: 'holdfast.yaml' }, readFile });
    if (loaded.ok) return '';
    return loaded.problems.map(({ setting, message }) => `${setting} ${message}`).join('\n');
  }

  const neverTaken = [
    'javascript:alert(1)',
    'data:text/html,<script>alert(1)</script>',
    'vbscript:msgbox(1)',
    'file:///etc/passwd',
    'about:blank',
    'blob:https://app.test/1',
    'http://app.test/callback',
    'http://127.0.0.1.evil.test/callback',
    'http://127.0.0.1@evil.test/callback',
    'https://someone@app.test/callback',
    'https://app.test/callback#part',
    '//app.test/callback',
    '/callback',
    '*',
    '',
  ];
  for (const type of ['web', 'native', undefined]) {
    it(`is refused at the start for ${type ?? 'any other'} clients`, () => {
      for (const uri of neverTaken) assert.match(problemsOf(type, uri), /redirect_uris/, uri);
    });
  }

  it('may have a scheme of its own only for native clients, made of a domain name', () => {
    for (const uri of ['com.example.app:/callback', 'com.example.app://callback']) {
      assert.equal(problemsOf('native', uri), '');
      for (const type of ['web', undefined]) assert.match(problemsOf(type, uri), /must be https/);
    }
    assert.match(problemsOf('native', 'example://callback'), /like com\.example\.app:/);
  });

  it('is taken where it is https or stays on this machine', () => {
    for (const uri of ['https://app.test/callback', 'http://localhost:5173/callback', 'http://[::1]/cb']) {
      assert.equal(problemsOf('web', uri), '');
      assert.equal(problemsOf('native', uri), '');
    }
  });
});

describe('threat 10: the port of a loopback address', () => {
  const registered = 'http://127.0.0.1:5173/callback';
  let holdfast: Holdfast;
  before(async () => {
    const web = { client_id: 'loopback-web', application_type: 'web' };
    const client = { ...web, token_endpoint_auth_method: 'none', redirect_uris: [registered] };
    holdfast = await startHoldfast({ clients: [...testClients, client] });
  });
  after(() => holdfast.close());

  const visit = (clientId: string, redirectUri: string) => {
    const wish = { issuer: holdfast.issuer, clientId, redirectUri, resource: undefined, scope: 'openid' };
    return new Visitor().get(authorizeUrl(wish, pkce().challenge));
  };

  it('is free for a native client, and nothing else of the address is', async () => {
    for (const port of [':1', ':41234', ':65535', '']) {
      assert.equal((await visit('cli', `http://127.0.0.1${port}/callback`)).status, 303, port);
    }
    for (const uri of [
      'http://localhost:41234/callback',
      'http://[::1]:41234/callback',
      'http://127.0.0.2:41234/callback',
      'https://127.0.0.1:41234/callback',
      'http://127.0.0.1:41234/callback?x=1',
      'http://127.0.0.1:41234/callback#x',
      'http://127.0.0.1:41234/callback/',
      'http://127.0.0.1:41234@evil.test/callback',
      'http://127.0.0.1:41234.evil.test/callback',
      'http://evil.test:80/callback',
      'http://127.1:41234/callback',
      'http://2130706433:41234/callback',
    ]) {
      const answer = await visit('cli', uri);
      assert.deepEqual([answer.status, answer.location], [400, undefined], uri);
    }
  });

  it('is fixed for a web client', async () => {
    assert.equal((await visit('loopback-web', registered)).status, 303);
    for (const uri of ['http://127.0.0.1:5174/callback', 'http://127.0.0.1/callback']) {
      const answer = await visit('loopback-web', uri);
      assert.deepEqual([answer.status, answer.location], [400, undefined], uri);
    }
  });
});
