import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import type { Browser } from 'playwright-core';
import { AppPage, launchBrowser, Person } from '../support/browser.js';
import { type Holdfast, startHoldfast } from '../support/harness.js';
import { authorizeUrl, pkce } from '../support/login.js';
import { Inspection } from '../support/pages/inspection.js';

describe('a person who signs up with her e-mail address', function () {
  this.timeout(60_000);
  let holdfast: Holdfast;
  let browser: Browser;
  let app: AppPage;
  const inspect = new Inspection();
  before(async () => {
    [holdfast, browser, app] = await Promise.all([
      startHoldfast({ accounts: { email_at_sign_up: 'required' } }),
      launchBrowser(),
      AppPage.open(),
    ]);
  });
  after(async () => {
    await browser.close();
    await app.close();
    await holdfast.close();
  });

  const address = () => `ada.${randomBytes(6).toString('hex')}@example.test`;
  const codeFor = async (email: string) => (await holdfast.mails.waitFor(email, 'sign_up_code')).code ?? '';
  const begin = async ({ page }: Person, parameters: Record<string, string> = {}) => {
    const wish = { issuer: holdfast.issuer, clientId: 'cli', redirectUri: app.redirectUri, parameters };
    await page.goto(authorizeUrl(wish, pkce().challenge));
  };
  const atCode = async (person: Person, email: string) => {
    const { page } = person;
    await begin(person);
    await page.getByRole('link', { name: 'Create an account' }).click();
    await page.getByLabel('What should we call you?').fill('Ada Lovelace');
    await page.getByLabel('E-mail').fill(email);
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByRole('heading', { name: 'Check your mail' }).waitFor();
  };
  const type = async ({ page }: Person, code: string) => {
    await page.getByLabel('Code from the mail').fill(code);
    await page.getByRole('button', { name: 'Continue' }).click();
  };
  const atCodes = async (person: Person, email: string) => {
    await atCode(person, email);
    await type(person, await codeFor(email));
    await person.page.getByRole('button', { name: 'Create a passkey' }).click();
    await person.page.getByRole('heading', { name: 'Keep these codes.' }).waitFor();
  };
  const consent = ({ page }: Person) => page.getByRole('heading', { name: /^Allow / }).waitFor();

  it('goes from page to page, each fit for everybody, and comes to the app', async () => {
    const person = await Person.arrive(browser);
    const { page } = person;
    const email = address();
    await begin(person);
    await page.getByRole('link', { name: 'Create an account' }).click();
    await inspect.of(person, 'sign-up');
    await page.getByLabel('What should we call you?').fill('Ada Lovelace');
    await page.getByLabel('E-mail').fill(email);
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByText(email).waitFor();
    await inspect.of(person, 'sign-up-code');
    const code = await codeFor(email);
    await type(person, code === '000000' ? '000001' : '000000');
    await page.getByText('That code is not right.').waitFor();
    await inspect.of(person, 'sign-up-code-wrong');
    await page.getByRole('button', { name: 'Send a new code' }).click();
    await page.getByText('A new code is on its way.').waitFor();
    await inspect.of(person, 'sign-up-code-sent');
    await type(person, await codeFor(email));
    await page.getByRole('heading', { name: 'Create your passkey' }).waitFor();
    await inspect.of(person, 'sign-up-passkey');
    await page.getByRole('button', { name: 'Create a passkey' }).click();
    await page.getByRole('heading', { name: 'Keep these codes.' }).waitFor();
    await inspect.of(person, 'sign-up-codes');
    await page.getByRole('button', { name: 'I have kept them' }).click();
    await consent(person);
    await page.getByRole('button', { name: 'Allow', exact: true }).click();
    await page.getByText('Back at the app').waitFor();
    assert.ok(app.response.get('code'));
    person.assertNoComplaint();
    await person.context.close();
  });

  it('sees the same in Chinese', async () => {
    const person = await Person.arrive(browser);
    const { page } = person;
    const email = address();
    await begin(person, { ui_locales: 'zh-TW' });
    await page.getByRole('link', { name: '建立帳號' }).click();
    await inspect.of(person, 'sign-up-zh');
    await page.getByLabel('我們該怎麼稱呼你？').fill('王小明');
    await page.getByLabel('電子郵件').fill(email);
    await page.getByRole('button', { name: '繼續' }).click();
    await page.getByLabel('郵件裡的驗證碼').fill(await codeFor(email));
    await page.getByRole('button', { name: '繼續' }).click();
    await page.getByRole('button', { name: '建立通行密鑰' }).click();
    await page.getByRole('heading', { name: '請保存這些復原碼。' }).waitFor();
    await inspect.of(person, 'sign-up-codes-zh');
    await person.context.close();
  });

  it('pastes the code as the mail shows it', async () => {
    const person = await Person.arrive(browser);
    const { page } = person;
    const email = address();
    await atCode(person, email);
    const code = await codeFor(email);
    const field = page.getByLabel('Code from the mail');
    assert.equal(await field.getAttribute('autocomplete'), 'one-time-code');
    assert.equal(await field.getAttribute('inputmode'), 'numeric');
    await field.focus();
    await page.keyboard.insertText(` ${code.slice(0, 3)} ${code.slice(3)}\u00a0`);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Create your passkey' }).waitFor();
    await person.context.close();
  });

  it('copies, downloads and prints her recovery codes, and finds them again after a reload', async () => {
    const person = await Person.arrive(browser);
    const { page, context } = person;
    await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: holdfast.issuer });
    await atCodes(person, address());
    const shown = await page.locator('.codes li').allTextContents();
    assert.equal(shown.length, 10);
    await page.getByRole('button', { name: 'Copy' }).click();
    await page.getByRole('button', { name: 'Copied' }).waitFor();
    const copied = await page.evaluate<string>('navigator.clipboard.readText()');
    for (const code of shown) assert.ok(copied.includes(code));
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Download' }).click(),
    ]);
    assert.equal(download.suggestedFilename(), 'Recovery codes.txt');
    await page.evaluate('globalThis.print = () => { globalThis.printed = true; }');
    await page.getByRole('button', { name: 'Print' }).click();
    assert.equal(await page.evaluate('globalThis.printed'), true);
    await page.reload();
    assert.deepEqual(await page.locator('.codes li').allTextContents(), shown);
    person.assertNoComplaint();
    await person.context.close();
  });

  it('puts the codes off', async () => {
    const person = await Person.arrive(browser);
    await atCodes(person, address());
    await person.page.getByRole('button', { name: 'Later, in your account' }).click();
    await consent(person);
    await person.context.close();
  });

  it('goes back from the codes page and meets it again, not a second sign-up', async () => {
    const person = await Person.arrive(browser);
    const { page } = person;
    await atCodes(person, address());
    await page.goBack();
    await page.getByRole('heading', { name: 'Keep these codes.' }).waitFor();
    assert.equal(await person.passkeys(), 1);
    await page.getByRole('button', { name: 'I have kept them' }).click();
    await consent(person);
    await page.goBack();
    await page.getByText(/This sign-in is over|You have seen them already/).waitFor();
    await person.context.close();
  });

  it('goes on in one of two tabs, and the other one follows', async () => {
    const person = await Person.arrive(browser);
    const { page, context } = person;
    const email = address();
    await atCode(person, email);
    const second = await context.newPage();
    await second.goto(page.url());
    const code = await codeFor(email);
    await type(person, code);
    await page.getByRole('heading', { name: 'Create your passkey' }).waitFor();
    await second.getByLabel('Code from the mail').fill(code);
    await second.getByRole('button', { name: 'Continue' }).click();
    await second.getByRole('heading', { name: 'Create your passkey' }).waitFor();
    await person.context.close();
  });

  it('does everything but the passkey without a script, and is told that', async () => {
    const person = await Person.arrive(browser, { script: false });
    const { page } = person;
    const email = address();
    await begin(person);
    await page.getByRole('link', { name: 'Create an account' }).click();
    await page.getByLabel('What should we call you?').fill('Ada');
    await page.getByLabel('E-mail').fill(email);
    await page.getByRole('button', { name: 'Continue' }).click();
    await type(person, await codeFor(email));
    await page.getByRole('heading', { name: 'Create your passkey' }).waitFor();
    assert.equal(await page.locator('noscript p').isVisible(), true);
    assert.equal(await page.getByRole('button', { name: 'Create a passkey' }).isVisible(), false);
    await person.context.close();
  });

  it('is told when her sign-up has expired', async () => {
    const person = await Person.arrive(browser);
    await atCode(person, address());
    await person.context.clearCookies();
    await person.page.reload();
    await person.page.getByRole('heading', { name: 'This sign-in is over.' }).waitFor();
    await person.context.close();
  });
});
