import assert from 'node:assert/strict';
import { type Holdfast, startHoldfast } from '../support/harness.js';
import { authorizeUrl, pkce } from '../support/login.js';
import { addressOf, PasskeyVisitor } from '../support/passkey-visitor.js';
import { formWith, type Visit, Visitor } from '../support/visitor.js';

/*
 * Threat 22: another site makes the browser of a person who is signing in post our forms. Her cookies go along in
 * these tests, as if SameSite did nothing.
 */
describe('threat 22: a form that another site posts', () => {
  let holdfast: Holdfast;
  before(async () => {
    holdfast = await startHoldfast();
  });
  after(() => holdfast.close());

  const atLogin = async (visitor: Visitor) =>
    visitor.follow(await visitor.get(authorizeUrl({ issuer: holdfast.issuer }, pkce().challenge)));

  const atConsent = async (visitor: Visitor) => {
    const form = formWith(await atLogin(visitor), 'acr');
    return visitor.follow(await visitor.post(form.action, { ...form.fields, login: 'ada' }));
  };

  const stillAsks = async (visitor: Visitor, page: Visit) => {
    const again = await visitor.get(page.url);
    assert.equal(again.status, 200);
    assert.match(again.text, /Allow Tidewater Notebook\?/);
  };

  const foreign: Record<string, Record<string, string>> = {
    'by its Origin': { origin: 'https://evil.test' },
    'by a null Origin': { origin: 'null' },
    'by Sec-Fetch-Site cross-site': { 'sec-fetch-site': 'cross-site', origin: 'https://evil.test' },
    'by Sec-Fetch-Site same-site': { 'sec-fetch-site': 'same-site', origin: 'http://app.localhost' },
  };
  for (const [name, headers] of Object.entries(foreign)) {
    it(`is refused with 403 ${name}, and approves nothing`, async () => {
      const visitor = new Visitor();
      const page = await atConsent(visitor);
      const form = formWith(page, 'csrf');
      const answer = await visitor.post(form.action, form.fields, headers);
      assert.equal(answer.status, 403);
      assert.equal(answer.location, undefined);
      await stillAsks(visitor, page);
    });
  }

  it('is refused at every step of a passkey', async () => {
    const person = new PasskeyVisitor(holdfast.issuer);
    const page = await person.arrive();
    const { base, csrf } = addressOf(page);
    for (const step of ['sign-in/options', 'sign-in/result', 'sign-up/options', 'sign-up/result']) {
      const url = new URL(`${base}/passkey/${step}`, page.url).href;
      const answer = await person.visitor.postJson(url, { csrf }, { origin: 'https://evil.test' });
      assert.equal(answer.status, 403, step);
    }
  });

  for (const [name, csrf] of [
    ['no token', undefined],
    ['an empty token', ''],
    ['a made-up token', 'A'.repeat(43)],
  ] as const) {
    it(`is refused with ${name}`, async () => {
      const visitor = new Visitor();
      const page = await atConsent(visitor);
      const form = formWith(page, 'csrf');
      const { csrf: _own, ...others } = form.fields;
      const answer = await visitor.post(form.action, { ...others, ...(csrf === undefined ? {} : { csrf }) });
      assert.equal(answer.status, 403);
      await stillAsks(visitor, page);
    });
  }

  it('is refused with the token of another interaction', async () => {
    const [visitor, attacker] = [new Visitor(), new Visitor()];
    const page = await atConsent(visitor);
    const form = formWith(page, 'csrf');
    const { csrf = '' } = formWith(await atConsent(attacker), 'csrf').fields;
    assert.notEqual(csrf, form.fields['csrf']);
    assert.equal((await visitor.post(form.action, { ...form.fields, csrf })).status, 403);
    await stillAsks(visitor, page);
  });

  it('is refused without the cookie of the interaction', async () => {
    const page = await atConsent(new Visitor());
    const form = formWith(page, 'csrf');
    const answer = await new Visitor().post(form.action, form.fields);
    assert.equal(answer.status, 400);
    assert.equal(answer.location, undefined);
  });

  it('is nothing that a GET can do: it neither approves nor denies', async () => {
    const visitor = new Visitor();
    const page = await atConsent(visitor);
    const { action, fields } = formWith(page, 'csrf');
    const asQuery = new URLSearchParams(fields).toString();
    assert.equal((await visitor.get(`${action}?${asQuery}`)).status, 200);
    assert.ok([404, 405].includes((await visitor.get(`${action}/deny?${asQuery}`)).status));
    await stillAsks(visitor, page);
  });

  it('signs nobody out', async () => {
    const visitor = new Visitor();
    await atConsent(visitor);
    const { issuer } = holdfast;
    const page = await visitor.get(`${issuer}/logout?client_id=spa`);
    const { action, fields } = formWith(page, 'xsrf');
    assert.equal((await visitor.post(action, { ...fields, xsrf: 'made-up' })).status, 400);
    assert.match((await visitor.get(`${issuer}/logout?client_id=spa`)).text, /Sign out\?/);
  });

  it('is let in from our own page', async () => {
    const visitor = new Visitor();
    const form = formWith(await atConsent(visitor), 'csrf');
    const headers = { 'sec-fetch-site': 'same-origin', origin: 'null' };
    const end = await visitor.follow(await visitor.post(form.action, form.fields, headers));
    assert.match(end.location ?? '', /^https:\/\/app\.test\/callback\?code=/);
  });
});
