import assert from 'node:assert/strict';
import { type Holdfast, startHoldfast } from '../support/harness.js';
import { authorizeUrl, pkce } from '../support/login.js';
import { formWith, Visitor } from '../support/visitor.js';

/** Threats 10 and 11: getting a person, or a code, sent to where the client never registered. */
describe('threat 10: a redirect URI that is almost the registered one', () => {
  let holdfast: Holdfast;
  before(async () => {
    holdfast = await startHoldfast();
  });
  after(() => holdfast.close());

  const visit = (parameters: Record<string, string>, clientId = 'spa') =>
    new Visitor().get(
      authorizeUrl({ issuer: holdfast.issuer, clientId, resource: undefined, parameters }, pkce().challenge),
    );

  const tricks: Record<string, string> = {
    'a longer path': 'https://app.test/callback/more',
    'a query': 'https://app.test/callback?next=https://evil.test',
    'a fragment': 'https://app.test/callback#x',
    'user information': 'https://app.test@evil.test/callback',
    'dots in the path': 'https://app.test/x/../callback',
    'another case in the path': 'https://app.test/Callback',
    'another host': 'https://app.test.evil.test/callback',
    'a subdomain': 'https://x.app.test/callback',
    'an encoded path': 'https://app.test/%63allback',
    'an encoded slash': 'https://app.test%2Fcallback',
    'a trailing slash': 'https://app.test/callback/',
    'another port': 'https://app.test:8443/callback',
    'no TLS': 'http://app.test/callback',
    'a script': 'javascript:alert(1)//https://app.test/callback',
    'nothing at all': '',
  };
  for (const [name, redirect_uri] of Object.entries(tricks)) {
    it(`is refused on our own page: ${name}`, async () => {
      const answer = await visit({ redirect_uri });
      assert.equal(answer.status, 400);
      assert.equal(answer.location, undefined);
      assert.match(answer.text, /^<!doctype html>/);
    });
  }

  it('may differ by its port only for a native client on the loopback', async () => {
    const native = await visit({ redirect_uri: 'http://127.0.0.1:41234/callback' }, 'cli');
    assert.equal(native.status, 303);
    for (const redirect_uri of ['http://127.0.0.1:41234/other', 'http://127.0.0.2:41234/callback']) {
      assert.equal((await visit({ redirect_uri }, 'cli')).status, 400, redirect_uri);
    }
  });
});

describe('threat 11: an open redirector by way of an error', () => {
  let holdfast: Holdfast;
  before(async () => {
    holdfast = await startHoldfast();
  });
  after(() => holdfast.close());

  const visit = (parameters: Record<string, string>, visitor = new Visitor()) =>
    visitor.get(authorizeUrl({ issuer: holdfast.issuer, resource: undefined, parameters }, pkce().challenge));

  it('is a page of ours when nobody knows the client', async () => {
    const answer = await visit({ client_id: 'nobody', redirect_uri: 'https://evil.test/' });
    assert.equal(answer.status, 400);
    assert.equal(answer.location, undefined);
    assert.match(answer.text, /We don’t know this app/);
    assert.ok(!answer.text.includes('href="https://evil.test'));
  });

  it('goes to the registered address alone with prompt=none', async () => {
    const answer = await visit({ prompt: 'none' });
    assert.equal(answer.status, 303);
    const location = new URL(answer.location ?? '');
    assert.equal(location.origin + location.pathname, 'https://app.test/callback');
    assert.equal(location.searchParams.get('error'), 'login_required');
    assert.equal(location.searchParams.get('iss'), holdfast.issuer);
    const evil = await visit({ prompt: 'none', redirect_uri: 'https://evil.test/' });
    assert.equal(evil.location, undefined);
  });

  it('never sends a posted form on: every redirect is 303', async () => {
    const visitor = new Visitor();
    const login = await visitor.follow(await visit({}, visitor));
    const form = formWith(login, 'acr');
    const afterLogin = await visitor.post(form.action, { ...form.fields, login: 'ada' });
    assert.equal(afterLogin.status, 303);
    const consent = formWith(await visitor.follow(afterLogin), 'csrf');
    const afterConsent = await visitor.post(consent.action, consent.fields);
    assert.equal(afterConsent.status, 303);
    const resumed = await visitor.get(afterConsent.location ?? '');
    assert.equal(resumed.status, 303);
    assert.match(resumed.location ?? '', /^https:\/\/app\.test\/callback\?/);
  });

  it('does not follow a logout to an address that was not registered', async () => {
    const { issuer } = holdfast;
    const evil = encodeURIComponent('https://evil.test/');
    const answer = await new Visitor().get(`${issuer}/logout?client_id=spa&post_logout_redirect_uri=${evil}`);
    assert.equal(answer.status, 400);
    assert.equal(answer.location, undefined);
  });
});
