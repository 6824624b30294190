import assert from 'node:assert/strict';
import type { Browser } from 'playwright-core';
import { type Owner, signUpOwner } from '../support/account-owner.js';
import { AppPage, launchBrowser, Person, type Look } from '../support/browser.js';
import { type Holdfast, startHoldfast } from '../support/harness.js';
import { authorizeUrl, pkce } from '../support/login.js';
import { Inspection } from '../support/pages/inspection.js';

describe('a person who lost her passkeys', function () {
  this.timeout(60_000);
  let holdfast: Holdfast;
  let browser: Browser;
  let app: AppPage;
  const inspect = new Inspection();
  before(async () => {
    [holdfast, browser, app] = await Promise.all([startHoldfast(), launchBrowser(), AppPage.open()]);
  });
  after(async () => {
    await browser.close();
    await app.close();
    await holdfast.close();
  });

  const begin = async ({ page }: Person, parameters: Record<string, string> = {}) => {
    const wish = { issuer: holdfast.issuer, clientId: 'cli', redirectUri: app.redirectUri, parameters };
    await page.goto(authorizeUrl(wish, pkce().challenge));
  };
  const typeMailCode = async ({ page }: Person, { email }: Owner) => {
    const { code } = await holdfast.mails.waitFor(email, 'recovery_code_mail');
    await page.getByLabel('Code from the mail').fill(code ?? '');
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByRole('heading', { name: 'Now a recovery code' }).waitFor();
  };
  const typeRecoveryCode = async ({ page }: Person, code: string) => {
    await page.getByLabel('Recovery code').fill(code);
    await page.getByRole('button', { name: 'Get back in' }).click();
  };
  /** At the page that says that she is back in. */
  const recovered = async (owner: Owner, look: Look = {}) => {
    const person = await Person.arrive(browser, look);
    const { page } = person;
    await begin(person);
    await page.getByRole('link', { name: 'Can’t use your passkey?' }).click();
    await page.getByLabel('E-mail of your account').fill(owner.email);
    await page.getByRole('button', { name: 'Send me a code' }).click();
    await typeMailCode(person, owner);
    await typeRecoveryCode(person, owner.codes[0] ?? '');
    await page.getByRole('heading', { name: 'You’re back in.' }).waitFor();
    return person;
  };
  const consent = ({ page }: Person) => page.getByRole('heading', { name: /^Allow / }).waitFor();

  it('gets back in page by page, each fit for everybody, and goes on to the app', async () => {
    const owner = await signUpOwner(holdfast);
    const person = await Person.arrive(browser);
    const { page } = person;
    await begin(person);
    await page.getByRole('link', { name: 'Can’t use your passkey?' }).click();
    await inspect.of(person, 'recovery');
    await page.getByRole('link', { name: 'I have no recovery codes' }).click();
    await page.getByRole('heading', { name: 'No recovery codes?' }).waitFor();
    await inspect.of(person, 'recovery-without-codes');
    await page.getByRole('link', { name: 'I found a recovery code' }).click();
    await page.getByLabel('E-mail of your account').fill(owner.email);
    await page.getByRole('button', { name: 'Send me a code' }).click();
    await page.getByText('If there is an account with').waitFor();
    await inspect.of(person, 'recovery-mail-code');
    await typeMailCode(person, owner);
    await inspect.of(person, 'recovery-code');
    await typeRecoveryCode(person, '0000-0000-0000-0000');
    await page.getByText('That recovery code did not work.').waitFor();
    await inspect.of(person, 'recovery-code-wrong');
    await typeRecoveryCode(person, (owner.codes[0] ?? '').toLowerCase().replaceAll('-', ' '));
    await page.getByRole('heading', { name: 'You’re back in.' }).waitFor();
    await inspect.of(person, 'recovered');
    await page.getByRole('button', { name: 'Add a passkey for this device' }).click();
    await page.getByText('You added a new passkey.').waitFor();
    assert.equal(await person.passkeys(), 1);
    await inspect.of(person, 'recovered-with-passkey');
    await page.getByRole('button', { name: 'Continue' }).click();
    await consent(person);
    person.assertNoComplaint();
    await person.context.close();
  });

  it('sees the same in Chinese', async () => {
    const person = await Person.arrive(browser);
    await begin(person, { ui_locales: 'zh-TW' });
    await person.page.getByRole('link', { name: '無法使用通行密鑰？' }).click();
    await inspect.of(person, 'recovery-zh');
    await person.context.close();
  });

  it('does all of it without a script', async () => {
    const person = await recovered(await signUpOwner(holdfast), { script: false });
    assert.equal(await person.page.getByRole('button', { name: 'Add a passkey' }).isVisible(), false);
    await person.page.getByRole('button', { name: 'Continue' }).click();
    await consent(person);
    await person.context.close();
  });

  it('takes it back at once', async () => {
    const person = await recovered(await signUpOwner(holdfast));
    const { page } = person;
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByRole('heading', { name: 'It is undone.' }).waitFor();
    await inspect.of(person, 'recovery-undone-here');
    await page.goBack();
    await page.getByRole('heading', { name: 'It is undone.' }).waitFor();
    await page.getByRole('link', { name: 'Sign in with a passkey' }).click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await person.context.close();
  });

  it('finds herself where she was after a reload, and in a second tab', async () => {
    const person = await recovered(await signUpOwner(holdfast));
    await person.page.reload();
    await person.page.getByRole('heading', { name: 'You’re back in.' }).waitFor();
    const second = await person.context.newPage();
    await second.goto(person.page.url().replace('/recovery/done', '/recovery'));
    await second.getByRole('heading', { name: 'You’re back in.' }).waitFor();
    await person.context.close();
  });

  it('whose recovery it was not undoes it by the link in her mail, and cannot do so twice', async () => {
    const owner = await signUpOwner(holdfast);
    const thief = await recovered(owner);
    await thief.page.getByRole('button', { name: 'Continue' }).click();
    await consent(thief);
    const { link = '' } = await holdfast.mails.waitFor(owner.email, 'you_are_back');
    const person = await Person.arrive(browser);
    const { page } = person;
    await page.goto(link);
    await page.getByRole('heading', { name: 'Wasn’t it you?' }).waitFor();
    await inspect.of(person, 'recovery-undo');
    await page.getByRole('button', { name: 'Undo the recovery' }).click();
    await page.getByRole('heading', { name: 'It is undone.' }).waitFor();
    await inspect.of(person, 'recovery-undone');
    await begin(thief);
    await thief.page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await page.goto(link);
    await page.getByRole('heading', { name: 'This link no longer works.' }).waitFor();
    await inspect.of(person, 'recovery-undo-used');
    await thief.context.close();
    await person.context.close();
  });

  it('is told when it has expired', async () => {
    const person = await Person.arrive(browser);
    await begin(person);
    await person.page.getByRole('link', { name: 'Can’t use your passkey?' }).click();
    await person.context.clearCookies();
    await person.page.reload();
    await person.page.getByRole('heading', { name: 'This sign-in is over.' }).waitFor();
    await person.context.close();
  });
});
