import assert from 'node:assert/strict';
import { type Holdfast, startHoldfast } from '../support/harness.js';
import { authorizeUrl, goThrough, pkce } from '../support/login.js';
import { formWith, type Visit, Visitor } from '../support/visitor.js';

/** Threat 23: our pages in another site's frame, and what another site can measure about who is signed in. */
describe('threat 23: clickjacking and cross-site leaks', () => {
  let holdfast: Holdfast;
  before(async () => {
    holdfast = await startHoldfast();
  });
  after(() => holdfast.close());

  const authorize = (parameters: Record<string, string> = {}) =>
    authorizeUrl({ issuer: holdfast.issuer, parameters }, pkce().challenge);

  const assertShut = (visit: Visit) => {
    const policy = visit.headers.get('content-security-policy') ?? '';
    for (const directive of ["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'"]) {
      assert.ok(policy.includes(directive), `${visit.url}: ${policy}`);
    }
    assert.ok(!policy.includes('unsafe'), policy);
    assert.equal(visit.headers.get('x-frame-options'), 'DENY');
    assert.equal(visit.headers.get('cross-origin-opener-policy'), 'same-origin');
    assert.equal(visit.headers.get('cross-origin-resource-policy'), 'same-origin');
    assert.equal(visit.headers.get('cache-control'), 'no-store');
    assert.equal(visit.headers.get('referrer-policy'), 'no-referrer');
    assert.equal(visit.headers.get('x-content-type-options'), 'nosniff');
    assert.equal(visit.headers.get('access-control-allow-origin'), null);
  };

  it('every page refuses frames, caches and referrers', async () => {
    const visitor = new Visitor();
    const { issuer } = holdfast;
    const login = await visitor.follow(await visitor.get(authorize()));
    const signUp = await visitor.get(`${login.url}/sign-up`);
    const form = formWith(login, 'acr');
    const consent = await visitor.follow(await visitor.post(form.action, { ...form.fields, login: 'ada' }));
    const logout = await visitor.get(`${issuer}/logout`);
    const out = formWith(logout, 'logout');
    const signedOut = await visitor.follow(await visitor.post(out.action, out.fields));
    const error = await visitor.get(authorize({ redirect_uri: 'https://evil.test/' }));
    const pages = [login, signUp, consent, logout, signedOut, error, await visitor.get(`${issuer}/`)];
    for (const page of [...pages, await visitor.get(`${issuer}/nowhere`)]) {
      assert.match(page.text, /^<!doctype html>/, page.url);
      assertShut(page);
    }
  });

  it('a form leads to ourselves and to the client’s own address, nowhere else', async () => {
    const visitor = new Visitor();
    const login = await visitor.follow(await visitor.get(authorize()));
    const policy = login.headers.get('content-security-policy') ?? '';
    assert.match(policy, /form-action 'self' https:\/\/app\.test;/);
    const home = await visitor.get(`${holdfast.issuer}/`);
    assert.match(home.headers.get('content-security-policy') ?? '', /form-action 'self';/);
  });

  it('the front page is byte for byte the same for who is signed in and who is not', async () => {
    const visitor = new Visitor();
    await goThrough(visitor, authorize(), 'ada');
    const [known, unknown] = [
      await visitor.get(`${holdfast.issuer}/`),
      await new Visitor().get(`${holdfast.issuer}/`),
    ];
    assert.equal(known.status, unknown.status);
    assert.equal(known.text, unknown.text);
    assert.equal(known.headers.get('content-length'), unknown.headers.get('content-length'));
  });
});
