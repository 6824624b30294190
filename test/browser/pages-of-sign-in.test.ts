import assert from 'node:assert/strict';
import type { Browser } from 'playwright-core';
import { AppPage, launchBrowser, Person } from '../support/browser.js';
import { FakeUpstream, someone } from '../support/fake-upstream.js';
import { type Holdfast, startHoldfast } from '../support/harness.js';
import { authorizeUrl, pkce } from '../support/login.js';
import { Inspection } from '../support/pages/inspection.js';
import { statesOf } from '../support/pages/every-page.js';
import { unique } from '../support/records.js';

describe('the pages of a sign-in', () => {
  let holdfast: Holdfast;
  let browser: Browser;
  let app: AppPage;
  let upstream: FakeUpstream;
  const inspect = new Inspection();
  before(async () => {
    upstream = await FakeUpstream.open();
    [holdfast, browser, app] = await Promise.all([
      startHoldfast({
        upstream_providers: [upstream.entry],
        dangerously_allow_private_network_fetch: true,
        dangerously_allow_test_login: false,
      }),
      launchBrowser(),
      AppPage.open(),
    ]);
  });
  after(async () => {
    await browser.close();
    await app.close();
    await upstream.close();
    await holdfast.close();
  });

  const begin = async ({ page }: Person, parameters: Record<string, string> = {}) => {
    const { issuer } = holdfast;
    const scope = 'openid profile email offline_access model:read model:call';
    const wish = { issuer, clientId: 'cli', redirectUri: app.redirectUri, scope, parameters };
    return await page.goto(authorizeUrl(wish, pkce().challenge));
  };
  const press = ({ page }: Person, name: string) => page.getByRole('button', { name, exact: true }).click();
  const heading = ({ page }: Person, name: string | RegExp) => page.getByRole('heading', { name }).waitFor();
  const codeFor = async (address: string, kind: 'sign_up_code' | 'recovery_code_mail') =>
    (await holdfast.mails.waitFor(address, kind)).code?.trim() ?? 'none';
  const address = (name: string) => `${unique(name)}@example.org`;

  /** On the page that stands for a moment before the provider's; returns what the provider is asked. */
  const leaveFor = async (person: Person) => {
    const { page, context } = person;
    // An answer without content leaves the browser where it is.
    await context.route(`${upstream.issuer}/**`, (route) => route.fulfill({ status: 204 }));
    // The page leaves by itself; until that has come to nothing, it would abort whatever comes next.
    const left = page.waitForResponse((response) => response.url().startsWith(upstream.issuer));
    await press(person, 'Continue with Acme');
    await left;
    return (await page.getByRole('link', { name: 'Go on to Acme' }).getAttribute('href')) ?? '';
  };

  /** As far as the recovery codes, which she gets back. */
  const signUp = async (person: Person, email: string) => {
    const { page } = person;
    await page.getByRole('link', { name: 'Create an account' }).click();
    await page.getByLabel('What should we call you?').fill('Ada Lovelace');
    await page.getByLabel('E-mail').fill(email);
    await press(person, 'Continue');
    await page.getByLabel('Code from the mail').fill(await codeFor(email, 'sign_up_code'));
    await press(person, 'Continue');
    await press(person, 'Create a passkey');
    await heading(person, 'Keep these codes.');
    return await page.locator('.codes li').allTextContents();
  };

  /** The recovery codes of an account whose passkey is on a device that is gone. */
  const codesOf = async (email: string) => {
    const person = await Person.arrive(browser);
    await begin(person);
    const codes = await signUp(person, email);
    await person.context.close();
    return codes;
  };

  it('before anybody is known: front page, login, errors', async () => {
    const person = await Person.arrive(browser);
    const { page } = person;
    await page.goto(holdfast.issuer);
    await inspect.of(person, 'home');
    await begin(person);
    await inspect.of(person, 'login');
    await begin(person, { ui_locales: 'zh-TW' });
    await inspect.of(person, 'login-zh');
    await page.goto(`${holdfast.issuer}/nowhere`);
    await inspect.of(person, 'error');
    await page.goto(`${holdfast.issuer}/logout`);
    await heading(person, 'You are signed out.');
    await inspect.of(person, 'signed-out');
    await person.context.close();
  });

  it('where scripts are off', async () => {
    const person = await Person.arrive(browser, { script: false });
    await begin(person);
    await inspect.withoutScript(person, 'login-no-script');
    await begin(person, { response_mode: 'form_post' });
    await press(person, 'Go back without signing in');
    await person.page.getByRole('button', { name: 'Continue' }).waitFor();
    await inspect.withoutScript(person, 'hand-over');
    await person.context.close();
  });

  it('of a sign-up', async () => {
    const person = await Person.arrive(browser);
    const { page } = person;
    const email = address('ada');
    await begin(person);
    await page.getByRole('link', { name: 'Create an account' }).click();
    await inspect.of(person, 'sign-up');
    await page.getByLabel('What should we call you?').fill('\u200b');
    await page.getByLabel('E-mail').fill(email);
    await press(person, 'Continue');
    await inspect.of(person, 'sign-up-problem');
    await page.getByLabel('What should we call you?').fill('Ada Lovelace');
    await press(person, 'Continue');
    await heading(person, 'Check your mail');
    await inspect.of(person, 'mail-code');
    await page.getByLabel('Code from the mail').fill('000000');
    await press(person, 'Continue');
    await inspect.of(person, 'mail-code-wrong');
    await codeFor(email, 'sign_up_code');
    await press(person, 'Send a new code');
    await inspect.of(person, 'mail-code-sent');
    await page.getByLabel('Code from the mail').fill(await codeFor(email, 'sign_up_code'));
    await press(person, 'Continue');
    await heading(person, 'Create your passkey');
    await inspect.of(person, 'sign-up-passkey');
    await press(person, 'Create a passkey');
    await heading(person, 'Keep these codes.');
    await inspect.of(person, 'sign-up-codes');
    const { base } = /^(?<base>.*\/interaction\/[^/]+)/.exec(page.url())?.groups ?? {};
    const other = await person.context.newPage();
    await other.goto(page.url());
    await press(person, 'I have kept them');
    await heading(person, 'Allow Research agent?');
    await inspect.of(person, 'consent');
    await other.close();
    await page.goto(base ?? '');
    await page.goto(`${holdfast.issuer}/logout`);
    await heading(person, 'Sign out?');
    await inspect.of(person, 'logout');
    await person.context.close();
  });

  it('of a login that must be strong, or made again', async () => {
    const strong = { acr_values: 'urn:holdfast:acr:phr' };
    const person = await Person.arrive(browser);
    await begin(person, strong);
    await inspect.of(person, 'login-strong');
    await signUp(person, address('ada'));
    await press(person, 'I have kept them');
    await heading(person, 'Allow Research agent?');
    await begin(person, { prompt: 'login' });
    await heading(person, 'Confirm it’s you');
    await inspect.of(person, 'login-again');
    await person.context.close();
  });

  it('of a person whose account has no passkey, where one is asked for', async () => {
    const person = await Person.arrive(browser);
    await begin(person);
    const known = someone(unique('weak'), { name: 'Ada Lovelace' });
    await person.page.goto(upstream.answer(await leaveFor(person), known));
    await press(person, 'Create my account');
    await heading(person, 'Allow Research agent?');
    await begin(person, { acr_values: 'urn:holdfast:acr:phr' });
    await person.page.getByText('Your account has no passkey').waitFor();
    await inspect.of(person, 'login-again-none');
    await person.context.close();
  });

  it('of a recovery', async () => {
    const email = address('grace');
    const codes = await codesOf(email);
    const person = await Person.arrive(browser);
    const { page } = person;
    await begin(person);
    await page.getByRole('link', { name: 'Can’t use your passkey?' }).click();
    await inspect.of(person, 'recovery');
    await page.getByRole('link', { name: 'I have no recovery codes' }).click();
    await inspect.of(person, 'recovery-without-codes');
    await page.getByRole('link', { name: 'I found a recovery code' }).click();
    await page.getByLabel('E-mail of your account').fill(email);
    await press(person, 'Send me a code');
    await heading(person, 'Check your mail');
    await inspect.of(person, 'recovery-mail-code');
    await page.getByLabel('Code from the mail').fill(await codeFor(email, 'recovery_code_mail'));
    await press(person, 'Continue');
    await heading(person, 'Now a recovery code');
    await inspect.of(person, 'recovery-code');
    await page.getByLabel('Recovery code').fill('AAAA-AAAA-AAAA-AAAA');
    await press(person, 'Get back in');
    await page.getByText('That recovery code did not work.').waitFor();
    await inspect.of(person, 'recovery-code-refused');
    await page.getByLabel('Recovery code').fill(codes[0]?.trim() ?? '');
    await press(person, 'Get back in');
    await heading(person, /You’re back in/);
    await inspect.of(person, 'recovery-done');
    await press(person, 'Add a passkey for this device');
    await page.getByText('You added a new passkey.').waitFor();
    await inspect.of(person, 'recovery-done-passkey');
    const { link = '' } = await holdfast.mails.waitFor(email, 'you_are_back');
    await press(person, 'Undo');
    await heading(person, /It is undone/);
    await inspect.of(person, 'recovery-undone');
    await page.goto(link);
    await inspect.of(person, 'recovery-undo-spent');
    await person.context.close();
  });

  it('of the link that takes a recovery back', async () => {
    const email = address('joan');
    const codes = await codesOf(email);
    const person = await Person.arrive(browser);
    const { page } = person;
    await begin(person);
    await page.getByRole('link', { name: 'Can’t use your passkey?' }).click();
    await page.getByLabel('E-mail of your account').fill(email);
    await press(person, 'Send me a code');
    await page.getByLabel('Code from the mail').fill(await codeFor(email, 'recovery_code_mail'));
    await press(person, 'Continue');
    await page.getByLabel('Recovery code').fill(codes[0]?.trim() ?? '');
    await press(person, 'Get back in');
    const { link = '' } = await holdfast.mails.waitFor(email, 'you_are_back');
    await page.goto(link);
    await heading(person, /Wasn’t it you/);
    await inspect.of(person, 'recovery-undo');
    await person.context.close();
  });

  it('of a login with an identity elsewhere', async () => {
    const person = await Person.arrive(browser);
    const { page, context } = person;
    await begin(person);
    const question = await leaveFor(person);
    await inspect.of(person, 'upstream-leaving');
    await page.goto(upstream.answer(question, someone(unique('new'), { name: 'Ada Lovelace' })));
    await heading(person, /Create an account with Acme/);
    await inspect.of(person, 'upstream-create');
    await context.close();
  });

  it('of an identity elsewhere whose address has an account', async () => {
    const person = await Person.arrive(browser);
    const { page, context } = person;
    const email = address('edith');
    await begin(person);
    await signUp(person, email);
    await context.clearCookies();
    await begin(person);
    await page.goto(upstream.answer(await leaveFor(person), someone(unique('edith'), { email })));
    await heading(person, /You already have an account/);
    await inspect.of(person, 'upstream-connect');
    await context.close();
  });

  after(() => assert.deepEqual([...inspect.seen].toSorted(), statesOf('sign-in').toSorted()));
});
