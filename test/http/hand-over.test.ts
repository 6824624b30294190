import assert from 'node:assert/strict';
import { type Holdfast, startHoldfast } from '../support/harness.js';
import { authorizeUrl, pkce } from '../support/login.js';
import { formWith, Visitor } from '../support/visitor.js';

describe('a form that the browser must carry on', () => {
  let holdfast: Holdfast;
  before(async () => {
    holdfast = await startHoldfast();
  });
  after(() => holdfast.close());

  it('stands on a page of ours, without inline script, when nobody is signed in to sign out', async () => {
    const visitor = new Visitor();
    const back = encodeURIComponent('https://app.test/signed-out');
    const page = await visitor.get(
      `${holdfast.issuer}/logout?client_id=spa&post_logout_redirect_uri=${back}&state=s`,
    );
    assert.match(page.text, /One moment/);
    assert.ok(!/<script(?![^>]* src=)/.test(page.text));
    const policy = page.headers.get('content-security-policy') ?? '';
    assert.match(policy, /form-action 'self' [^;]*https:\/\/app\.test/);
    assert.ok(!policy.includes('sha256'));
    const form = formWith(page, 'xsrf');
    const end = await visitor.post(form.action, form.fields);
    assert.equal(end.location, 'https://app.test/signed-out?state=s');
  });

  it('carries whatever the client put into state, as text', async () => {
    const state = `"><script>alert(1)</script>&amp;'`;
    const url = authorizeUrl(
      { issuer: holdfast.issuer, parameters: { response_mode: 'form_post', state } },
      pkce().challenge,
    );
    const visitor = new Visitor();
    const login = formWith(await visitor.follow(await visitor.get(url)), 'acr');
    const consent = formWith(
      await visitor.follow(await visitor.post(login.action, { ...login.fields, login: 'ada' })),
      'csrf',
    );
    const end = await visitor.follow(await visitor.post(consent.action, consent.fields));
    assert.ok(!end.text.includes('<script>alert'));
    const form = formWith(end, 'code');
    assert.equal(form.action, 'https://app.test/callback');
    assert.match(end.headers.get('content-security-policy') ?? '', /form-action 'self' https:\/\/app\.test/);
    assert.ok(end.text.includes(`value="&quot;>&lt;script>alert(1)&lt;/script>&amp;amp;'"`), end.text);
  });
});
