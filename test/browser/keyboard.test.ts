import assert from 'node:assert/strict';
import type { Browser } from 'playwright-core';
import { AppPage, launchBrowser, Person } from '../support/browser.js';
import { type Holdfast, startHoldfast } from '../support/harness.js';
import { authorizeUrl, pkce } from '../support/login.js';
import { Keyboard } from '../support/pages/keyboard.js';
import { unique } from '../support/records.js';

describe('a person without a pointer', () => {
  let holdfast: Holdfast;
  let browser: Browser;
  let app: AppPage;
  before(async () => {
    [holdfast, browser, app] = await Promise.all([
      startHoldfast({ dangerously_allow_test_login: false }),
      launchBrowser(),
      AppPage.open(),
    ]);
  });
  after(async () => {
    await browser.close();
    await app.close();
    await holdfast.close();
  });

  const begin = async (person: Person) => {
    const { issuer } = holdfast;
    const wish = { issuer, clientId: 'cli', redirectUri: app.redirectUri };
    await person.page.goto(authorizeUrl(wish, pkce().challenge));
    return new Keyboard(person.page);
  };
  const see = ({ page }: Person, heading: string | RegExp) =>
    page.getByRole('heading', { name: heading }).waitFor();
  const codeFor = async (address: string, kind: 'sign_up_code' | 'recovery_code_mail') =>
    (await holdfast.mails.waitFor(address, kind)).code?.trim() ?? 'none';

  /** As far as the consent page; returns her recovery codes. */
  const signUp = async (person: Person, keyboard: Keyboard, email: string) => {
    await keyboard.use('Create an account');
    await see(person, 'Create an account');
    await keyboard.use('What should we call you?', 'Ada Lovelace');
    await keyboard.use('E-mail (optional)', email);
    await keyboard.use('Continue');
    await see(person, 'Check your mail');
    await keyboard.use('Code from the mail', await codeFor(email, 'sign_up_code'));
    await keyboard.use('Continue');
    await see(person, 'Create your passkey');
    await keyboard.use('Create a passkey');
    await see(person, /Keep these codes/);
    const codes = await person.page.locator('.codes li').allTextContents();
    await keyboard.use('I have kept them');
    await see(person, 'Allow Research agent?');
    return codes;
  };

  it('signs up, allows her app, and is back in it', async () => {
    const person = await Person.arrive(browser);
    const keyboard = await begin(person);
    await signUp(person, keyboard, `${unique('ada')}@example.org`);
    await keyboard.use('Allow');
    await person.page.getByText('Back at the app').waitFor();
    assert.ok(app.response.get('code'));
    person.assertNoComplaint();
    await person.context.close();
  });

  it('signs in, and says no', async () => {
    const person = await Person.arrive(browser, { width: 1280 });
    await signUp(person, await begin(person), `${unique('ada')}@example.org`);
    await person.context.clearCookies();
    const keyboard = await begin(person);
    await keyboard.use('Sign in with a passkey');
    await see(person, 'Allow Research agent?');
    await keyboard.use('Don’t allow');
    await person.page.getByText('Back at the app').waitFor();
    assert.equal(app.response.get('error'), 'access_denied');
    await person.context.close();
  });

  it('gets back in with a code from her mail and a recovery code, and takes it back', async () => {
    const email = `${unique('ada')}@example.org`;
    const lost = await Person.arrive(browser);
    const [code = ''] = await signUp(lost, await begin(lost), email);
    await lost.context.close();
    const person = await Person.arrive(browser);
    const keyboard = await begin(person);
    await keyboard.use('Can’t use your passkey?');
    await see(person, 'Get back in');
    await keyboard.use('E-mail of your account', email);
    await keyboard.use('Send me a code');
    await see(person, 'Check your mail');
    await keyboard.use('Code from the mail', await codeFor(email, 'recovery_code_mail'));
    await keyboard.use('Continue');
    await see(person, 'Now a recovery code');
    await keyboard.use('Recovery code', code.trim());
    await keyboard.use('Get back in');
    await see(person, /You’re back in/);
    await keyboard.use('Undo');
    await see(person, /It is undone/);
    await person.context.close();
  });

  it('changes the language and finds her way', async () => {
    const person = await Person.arrive(browser);
    const keyboard = await begin(person);
    await keyboard.use('繁體中文');
    await see(person, '登入');
    await keyboard.use('English');
    await see(person, 'Sign in');
    await person.context.close();
  });
});
