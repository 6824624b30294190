import assert from 'node:assert/strict';
import type { Browser } from 'playwright-core';
import { AppPage, launchBrowser, type Look, Person } from '../support/browser.js';
import { FakeUpstream, someone } from '../support/fake-upstream.js';
import type { Holdfast } from '../support/harness.js';
import { authorizeUrl, pkce } from '../support/login.js';
import { Inspection } from '../support/pages/inspection.js';
import { unique } from '../support/records.js';
import { holdfastWith, ownerWith } from '../support/upstream-visitor.js';

describe('a person with an identity elsewhere', () => {
  let upstream: FakeUpstream;
  let holdfast: Holdfast;
  let browser: Browser;
  let app: AppPage;
  const inspect = new Inspection();
  before(async () => {
    upstream = await FakeUpstream.open();
    [holdfast, browser, app] = await Promise.all([holdfastWith(upstream), launchBrowser(), AppPage.open()]);
  });
  after(async () => {
    await browser.close();
    await app.close();
    await holdfast.close();
    await upstream.close();
  });
  beforeEach(() => {
    upstream.silent = false;
  });

  /** At the sign-in page. */
  async function arrive(look: Look = {}): Promise<Person> {
    const person = await Person.arrive(browser, look);
    const { issuer } = holdfast;
    const wish = { issuer, clientId: 'cli', redirectUri: app.redirectUri, scope: 'openid profile email' };
    await person.page.goto(authorizeUrl(wish, pkce().challenge));
    return person;
  }

  async function goToProvider({ page }: Person): Promise<void> {
    await page.getByRole('button', { name: 'Continue with Acme' }).click();
    await page.getByRole('link', { name: 'Log in' }).waitFor();
    assert.equal(new URL(page.url()).hostname, 'localhost');
  }

  async function allow({ page }: Person): Promise<void> {
    await page.getByRole('button', { name: 'Allow', exact: true }).click();
    await page.getByText('Back at the app').waitFor();
    assert.ok(app.response.get('code'));
  }

  for (const script of [true, false]) {
    it(`gets an account and comes to her app ${script ? 'with' : 'without'} script`, async () => {
      upstream.person = someone(unique('browser'), { name: 'Ada Lovelace' });
      const person = await arrive({ script });
      const { page } = person;
      if (script) await inspect.of(person, 'upstream-login');
      await goToProvider(person);
      await page.getByRole('link', { name: 'Log in' }).click();
      await page.getByRole('heading', { name: 'Create an account with Acme?' }).waitFor();
      await page.getByText(String(upstream.person['email'])).waitFor();
      if (script) await inspect.of(person, 'upstream-create');
      await page.reload();
      await page.getByRole('button', { name: 'Create my account' }).click();
      await allow(person);
      person.assertNoComplaint();
      await person.context.close();
    });
  }

  it('is signed in at once the next time, over whichever hosts her provider leads', async () => {
    upstream.person = someone(unique('browser'));
    const first = await arrive();
    await goToProvider(first);
    await first.page.getByRole('link', { name: 'Log in' }).click();
    await first.page.getByRole('button', { name: 'Create my account' }).click();
    await allow(first);
    await first.context.close();
    upstream.silent = true;
    const person = await arrive({ width: 1280, colorScheme: 'dark' });
    await person.page.getByRole('button', { name: 'Continue with Acme' }).click();
    await allow(person);
    person.assertNoComplaint();
    await person.context.close();
  });

  it('connects it to the account that has her address by her passkey', async () => {
    const email = `${unique('owner')}@example.test`;
    const { person: owner, accountId } = await ownerWith(holdfast, email);
    const [passkey] = owner.authenticator.passkeys;
    assert.ok(passkey);
    upstream.person = someone(unique('browser'), { email });
    const person = await arrive();
    const { page } = person;
    await person.given(passkey);
    await goToProvider(person);
    await page.getByRole('link', { name: 'Log in' }).click();
    await page.getByRole('heading', { name: 'You already have an account.' }).waitFor();
    await inspect.of(person, 'upstream-connect');
    await person.verifies(false);
    await page.getByRole('button', { name: 'Connect Acme with my passkey' }).click();
    await page.getByText('No passkey was used.').waitFor();
    await person.verifies(true);
    await page.getByRole('button', { name: 'Connect Acme with my passkey' }).click();
    await allow(person);
    assert.equal((await holdfast.storage.upstreamIdentities.listOf(accountId)).length, 1);
    person.assertNoComplaint();
    await person.context.close();
  });

  it('can go on by hand where the browser does not go on by itself', async () => {
    upstream.person = someone(unique('browser'));
    const person = await arrive();
    const { page } = person;
    await page.route('**/upstream/acme', async (route) => {
      // The interceptor leaves out what the browser says of the request's origin.
      const sent = { ...(await route.request().allHeaders()), 'sec-fetch-site': 'same-origin' };
      const answer = await route.fetch({ headers: sent });
      const { refresh: _, ...headers } = answer.headers();
      await route.fulfill({ response: answer, headers });
    });
    await page.getByRole('button', { name: 'Continue with Acme' }).click();
    await page.getByRole('heading', { name: 'On to Acme' }).waitFor();
    await inspect.of(person, 'upstream-leaving');
    await page.getByRole('link', { name: 'Go on to Acme' }).click();
    await page.getByRole('link', { name: 'Log in' }).waitFor();
    await person.context.close();
  });

  it('reads plainly that the provider is down, and in Chinese too', async () => {
    const down = await FakeUpstream.open('down');
    const other = await holdfastWith(down);
    down.broken = (response) => response.destroy();
    const person = await Person.arrive(browser);
    const { page } = person;
    const wish = { issuer: other.issuer, clientId: 'cli', redirectUri: app.redirectUri, scope: 'openid' };
    await page.goto(authorizeUrl({ ...wish, parameters: { ui_locales: 'zh-Hant' } }, pkce().challenge));
    await page.getByRole('button', { name: '使用 Down 繼續' }).click();
    await page.getByRole('heading', { name: '我們連不上那個服務。' }).waitFor();
    await inspect.of(person, 'upstream-down-zh');
    await page.getByRole('link', { name: '改用其他方式' }).click();
    await page.getByRole('button', { name: '使用 Down 繼續' }).waitFor();
    await person.context.close();
    await other.close();
    await down.close();
  });

  it('finds back to the sign-in when she cancels there, and with the back button', async () => {
    upstream.person = someone(unique('browser'));
    const person = await arrive({ colorScheme: 'dark' });
    const { page } = person;
    await goToProvider(person);
    await page.getByRole('link', { name: 'Cancel' }).click();
    await page.getByText('The provider didn’t sign you in.').waitFor();
    await inspect.of(person, 'upstream-denied');
    await page.getByRole('link', { name: 'Try another way' }).click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await goToProvider(person);
    await page.goBack();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await goToProvider(person);
    await page.getByRole('link', { name: 'Log in' }).click();
    await page.getByRole('link', { name: 'Try another way' }).click();
    await page.getByRole('button', { name: 'Sign in with a passkey' }).waitFor();
    await person.context.close();
  });
});
