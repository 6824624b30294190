import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import type { Browser, Page } from 'playwright-core';
import { noHold } from '../support/account-visitor.js';
import { AppPage, launchBrowser, type Look, Person } from '../support/browser.js';
import { type Holdfast, startHoldfast } from '../support/harness.js';
import { unique } from '../support/records.js';

describe('a person at her account', () => {
  let holdfast: Holdfast;
  let browser: Browser;
  before(async () => {
    [holdfast, browser] = await Promise.all([startHoldfast(noHold), launchBrowser()]);
  });
  afterEach(() => holdfast.clock.reset());
  after(async () => {
    await browser.close();
    await holdfast.close();
  });

  const address = (path = '') => `${holdfast.issuer}/account${path}`;
  const heading = (page: Page, name: string | RegExp) =>
    page.getByRole('heading', { name }).first().waitFor();
  const button = (page: Page, name: string) => page.getByRole('button', { name });

  async function signIn(page: Page, login: string): Promise<void> {
    await page.goto(address());
    await page.getByLabel('Login').fill(login);
    await button(page, 'Sign in as a test').click();
    await page.waitForURL(address());
  }

  /** Signed in, at her account; with a passkey unless the look says that scripts are off. */
  async function arrive(look: Look = {}, login = unique('ada')): Promise<{ person: Person; login: string }> {
    const person = await Person.arrive(browser, look);
    await signIn(person.page, login);
    const account = await holdfast.storage.accounts.findByLogin(login);
    assert.ok(account);
    await holdfast.storage.accounts.setEmail(account.id, `${login}@example.com`);
    if (look.script !== false) await addFirst(person);
    return { person, login };
  }

  async function addFirst({ page }: Person): Promise<void> {
    await page.goto(address());
    await page.getByRole('link', { name: 'Add a passkey' }).click();
    await heading(page, /^Add a passkey/);
    await button(page, 'Make the passkey').click();
    await page.getByText('The new passkey is there.').waitFor();
  }

  const done = async (person: Person) => {
    person.assertNoComplaint();
    await person.context.close();
  };

  it('adds her first passkey, and a second one that the first confirms', async () => {
    const { person } = await arrive();
    const { page } = person;
    await person.plugInSecurityKey();
    await page.getByRole('link', { name: 'Add a passkey' }).click();
    await person.picture('account-add-passkey-phone-light');
    await button(page, 'Confirm that it’s you').click();
    await page.getByText('Confirmed. Now make the new passkey.').waitFor();
    await button(page, 'Make the passkey').click();
    await page.getByText('The new passkey is there.').waitFor();
    assert.equal(await page.getByRole('link', { name: /^Change the passkey/ }).count(), 2);
    await done(person);
  });

  it('is told when this device has a passkey already, and can go back', async () => {
    const { person } = await arrive();
    const { page } = person;
    await page.goto(address('/passkeys/new'));
    await button(page, 'Confirm that it’s you').click();
    await button(page, 'Make the passkey').click();
    await page.getByText('This device has a passkey for you already', { exact: false }).waitFor();
    await page.getByRole('link', { name: 'Back to your account' }).click();
    await page.waitForURL(address());
    await done(person);
  });

  it('names a passkey, and cannot remove the last one', async () => {
    const { person } = await arrive();
    const { page } = person;
    await page.getByRole('link', { name: /^Change the passkey/ }).click();
    await page.getByLabel('Name').fill('Work laptop');
    await person.picture('account-passkey-phone-light');
    await button(page, 'Save the name').click();
    await page.getByText('The name is saved.').waitFor();
    await page.getByRole('link', { name: 'Change the passkey Work laptop' }).click();
    await button(page, 'Remove this passkey').click();
    await page.getByText('This is your only way in', { exact: false }).waitFor();
    await done(person);
  });

  it('makes recovery codes; a reload sends nothing twice', async () => {
    const { person } = await arrive();
    const { page } = person;
    await page.getByRole('link', { name: 'Make new recovery codes' }).click();
    await button(page, 'Make ten new codes').click();
    await heading(page, /^Your recovery codes/);
    const codes = await page.locator('.codes li').allTextContents();
    assert.equal(codes.length, 10);
    await person.picture('account-codes-phone-light');
    await page.reload();
    await page.getByText('sent twice', { exact: false }).waitFor();
    await page.goto(address());
    await page.getByText('10 left').waitFor();
    await done(person);
  });

  it('changes her address by a code that was mailed to the new one', async () => {
    const { person, login } = await arrive();
    const { page } = person;
    const next = `${login}.new@example.com`;
    await page.getByRole('link', { name: 'Change your e-mail address' }).click();
    await page.getByLabel('New address').fill(next);
    await person.picture('account-email-phone-light');
    await button(page, 'Send the code').click();
    await heading(page, /^Type the code/);
    await person.picture('account-email-code-phone-light');
    const { code = '' } = await holdfast.mails.waitFor(next, 'change_address_code');
    await page.getByLabel('Code').fill(code === '111111' ? '222222' : '111111');
    await button(page, 'Change the address').click();
    await page.getByText('That code is not right. Try again.').waitFor();
    await page.getByLabel('Code').fill(code);
    await button(page, 'Change the address').click();
    await page.getByText('Your e-mail address is changed.').waitFor();
    await page.getByText(next).first().waitFor();
    await done(person);
  });

  it('exports her data as a file, and the page stays', async () => {
    const { person, login } = await arrive();
    const { page } = person;
    await page.getByRole('link', { name: 'Export my data' }).click();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      button(page, 'Download the file').click(),
    ]);
    assert.equal(download.suggestedFilename(), 'account.json');
    const exported = JSON.parse(await readFile(await download.path(), 'utf8')) as Record<string, object>;
    assert.equal((exported['profile'] as { email?: string }).email, `${login}@example.com`);
    await button(page, 'Download the file').waitFor();
    await done(person);
  });

  it('reads what is lost, deletes her account, and is a stranger', async () => {
    const { person, login } = await arrive();
    const { page } = person;
    await page.getByRole('link', { name: 'Delete my account' }).click();
    await person.picture('account-delete-phone-light');
    await button(page, 'Delete my account for good').click();
    await heading(page, /^Your account is deleted/);
    await person.picture('account-deleted-phone-light');
    await page.reload();
    await heading(page, 'Sign in');
    assert.equal(await holdfast.storage.accounts.findByLogin(login), undefined);
    await done(person);
  });

  it('locks everything, in one tab for all', async () => {
    const { person, login } = await arrive();
    const { page } = person;
    const tab = await person.context.newPage();
    await tab.goto(address('/email'));
    await page.goto(address());
    await button(page, 'Wasn’t me: lock everything').click();
    await heading(page, /^Everything is locked/);
    await person.picture('account-locked-phone-light');
    await tab.reload();
    await heading(tab, 'Sign in');
    await page.getByRole('link', { name: 'Sign in' }).click();
    await heading(page, 'Sign in');
    await page.getByLabel('Login').fill(login);
    await button(page, 'Sign in as a test').click();
    await page.getByText('Everything was locked').waitFor();
    await done(person);
  });

  it('cuts off another browser, and the back button brings nothing back', async () => {
    const { person, login } = await arrive();
    const other = await Person.arrive(browser, { width: 1280 });
    await signIn(other.page, login);
    await other.picture('account-desk-light');
    await person.page.goto(address());
    const rows = person.page.locator('#devices .row');
    assert.equal(await rows.count(), 2);
    await rows.filter({ hasNotText: 'this device' }).getByRole('button').click();
    await person.page.getByText('It is cut off', { exact: false }).waitFor();
    assert.equal(await rows.count(), 1);
    await other.page.goto(address('/delete'));
    await heading(other.page, 'Sign in');
    await other.page.goBack();
    await other.page.reload();
    await heading(other.page, 'Sign in');
    await done(other);
    await done(person);
  });

  it('is sent to sign in when she was idle for too long, also in the middle of a change', async () => {
    const { person } = await arrive();
    const { page } = person;
    await page.goto(address('/recovery-codes'));
    holdfast.clock.advance(3601);
    await button(page, 'Make ten new codes').click();
    await page.getByText('You are signed out. Sign in again.', { exact: false }).waitFor();
    await page.reload();
    await heading(page, 'Sign in');
    await person.context.close();
  });

  it('comes from another site by way of the doorway, without a click', async () => {
    const { person } = await arrive();
    const { page } = person;
    const app = await AppPage.open();
    try {
      await page.goto(`${app.origin}/`);
      const seen: (string | undefined)[] = [];
      page.on('request', (request) => {
        if (request.isNavigationRequest()) seen.push(request.headers()['sec-fetch-site']);
      });
      const sites: (string | undefined)[] = [];
      page.on('response', (response) => {
        if (response.url() === address()) sites.push(response.headers()['refresh']);
      });
      await page.evaluate(`location.href = ${JSON.stringify(address())}`);
      await page.locator('#passkeys').waitFor();
      assert.deepEqual(sites, [`0; url=${address()}`, undefined]);
    } finally {
      await app.close();
    }
    await done(person);
  });

  it('without script sees everything, cuts off what she likes, and is told what needs her passkey', async () => {
    const { person } = await arrive({ script: false });
    const { page } = person;
    await page.goto(address());
    await person.picture('account-no-script');
    await page.goto(address('/passkeys/new'));
    await page.locator('noscript p').waitFor();
    assert.equal(await button(page, 'Make the passkey').isVisible(), false);
    await page.goto(address());
    await button(page, 'Wasn’t me: lock everything').click();
    await heading(page, /^Everything is locked/);
    await person.context.close();
  });

  it('goes the whole way by keyboard: to a change, confirming it, and back', async () => {
    const { person } = await arrive();
    const { page } = person;
    await page.goto(address());
    const tabTo = async (name: string) => {
      for (let presses = 0; presses < 60; presses += 1) {
        await page.keyboard.press('Tab');
        const focused = await page.evaluate(
          "document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent.trim()",
        );
        if (focused !== name) continue;
        assert.equal(await page.evaluate('getComputedStyle(document.activeElement).outlineWidth'), '3px');
        return;
      }
      assert.fail(`${name} can’t be reached by keyboard`);
    };
    await tabTo('Make new recovery codes');
    await page.keyboard.press('Enter');
    await heading(page, /^New recovery codes/);
    await tabTo('Make ten new codes');
    await page.keyboard.press('Enter');
    await heading(page, /^Your recovery codes/);
    await tabTo('I have kept them');
    await page.keyboard.press('Enter');
    await page.getByText('10 left').waitFor();
    await tabTo('Sign out');
    await page.keyboard.press('Enter');
    await heading(page, /^Sign out/);
    await done(person);
  });

  it('reads it in her language and light, on a phone and at a desk', async () => {
    const login = unique('ada');
    const { person } = await arrive({}, login);
    await person.page.goto(address());
    await person.picture('account-phone-light');
    await person.page.goto(address('/activity'));
    await person.picture('account-activity-phone-light');
    for (const [width, colorScheme] of [
      [390, 'dark'],
      [1280, 'dark'],
      [1280, 'light'],
    ] as const) {
      const other = await Person.arrive(browser, { width, colorScheme });
      await signIn(other.page, login);
      await other.page.goto(address('?lang=zh-Hant'));
      await heading(other.page, '通行密鑰');
      await other.picture(`account-zh-${width === 390 ? 'phone' : 'desk'}-${colorScheme}`);
      await done(other);
    }
    await done(person);
  });
});
