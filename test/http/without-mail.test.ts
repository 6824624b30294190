import assert from 'node:assert/strict';
import { startHoldfast, type Holdfast } from '../support/harness.js';
import { authorizeUrl, pkce } from '../support/login.js';
import { formWith, Visitor, type Visit } from '../support/visitor.js';

/** Behind a proxy that ends TLS, as in production. */
const proxied = { 'x-forwarded-proto': 'https' };

describe('production without a mail server', () => {
  let holdfast: Holdfast;
  before(async () => {
    holdfast = await startHoldfast({
      issuer: 'https://id.localhost',
      environment: 'production',
      dangerously_allow_test_login: false,
      dangerously_allow_embedded_in_production: true,
    });
  });
  after(() => holdfast.close());

  const here = (location: string) =>
    location.replace(holdfast.issuer, `http://localhost:${holdfast.config.port}`);
  async function loginPage(visitor: Visitor): Promise<Visit> {
    let page = await visitor.get(here(authorizeUrl({ issuer: holdfast.issuer }, pkce().challenge)), proxied);
    while (page.location !== undefined) page = await visitor.get(here(page.location), proxied);
    return page;
  }

  it('offers no recovery, which begins with a mail', async () => {
    const visitor = new Visitor();
    const page = await loginPage(visitor);
    assert.equal(page.status, 200);
    assert.doesNotMatch(page.text, /\/recovery"/);
    assert.equal((await visitor.get(`${page.url}/recovery`, proxied)).status, 404);
  });

  it('signs up without an address, also where one is sent all the same', async () => {
    const visitor = new Visitor();
    const base = (await loginPage(visitor)).url;
    const page = await visitor.get(`${base}/sign-up`, proxied);
    assert.doesNotMatch(page.text, /name="email"/);
    const { fields } = formWith(page, 'display_name');
    const typed = { ...fields, display_name: 'Ada', email: 'ada@example.com' };
    let next = await visitor.post(`${base}/sign-up`, typed, { ...proxied, origin: holdfast.issuer });
    while (next.location !== undefined) next = await visitor.get(here(next.location), proxied);
    assert.match(next.url, /\/sign-up\/passkey$/);
    assert.deepEqual(await holdfast.mails.received(), []);
  });
});
