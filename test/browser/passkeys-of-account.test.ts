import assert from 'node:assert/strict';
import type { Browser } from 'playwright-core';
import { launchBrowser, type Look, Person } from '../support/browser.js';
import { type Holdfast, startHoldfast } from '../support/harness.js';
import { unique } from '../support/records.js';

/** The passkeys at /account: each change is confirmed by a passkey, in a real browser. */
describe('the passkeys of an account', () => {
  let holdfast: Holdfast;
  let slow: Holdfast;
  let browser: Browser;
  before(async () => {
    [holdfast, browser] = await Promise.all([
      startHoldfast({ accounts: { new_passkey_hold: 0 } }),
      launchBrowser(),
    ]);
    slow = await startHoldfast();
  });
  after(async () => {
    await browser.close();
    await holdfast.close();
    await slow.close();
  });

  /** Somebody new at her account, signed in without any passkey. */
  const arrive = async ({ issuer } = holdfast, look: Look = {}) => {
    const person = await Person.arrive(browser, look);
    const { page } = person;
    await page.goto(`${issuer}/account`);
    await page.getByLabel('Login').fill(unique('ada'));
    await page.getByRole('button', { name: 'Sign in as a test' }).click();
    await page.getByRole('heading', { name: 'Passkeys', exact: true }).waitFor();
    return person;
  };
  const addFirst = async ({ page }: Person) => {
    await page.getByRole('link', { name: 'Add a passkey' }).click();
    await page.getByRole('button', { name: 'Make the passkey' }).click();
    await page.getByRole('link', { name: /^Change the passkey/ }).waitFor();
  };
  const addAnother = async (person: Person) => {
    const { page } = person;
    await page.getByRole('link', { name: 'Add a passkey' }).click();
    await page.getByRole('button', { name: 'Confirm that it’s you' }).click();
    await page.getByText('Confirmed. Now make the new passkey.').waitFor();
    await person.plugInSecurityKey();
    await page.getByRole('button', { name: 'Make the passkey' }).click();
    await page
      .getByRole('link', { name: /^Change the passkey/ })
      .nth(1)
      .waitFor();
  };
  const listed = ({ page }: Person) => page.getByRole('link', { name: /^Change the passkey/ });

  it('grow by a first one, and by another that the first one confirms', async () => {
    const person = await arrive();
    await addFirst(person);
    await addAnother(person);
    assert.equal(await listed(person).count(), 2);
    person.assertNoComplaint();
    await person.context.close();
  });

  it('can’t be made twice on one device', async () => {
    const person = await arrive();
    const { page } = person;
    await addFirst(person);
    await page.getByRole('link', { name: 'Add a passkey' }).click();
    await page.getByRole('button', { name: 'Confirm that it’s you' }).click();
    await page.getByRole('button', { name: 'Make the passkey' }).click();
    await page.getByText('This device has a passkey for you already.').waitFor();
    await page.goto(`${holdfast.issuer}/account`);
    assert.equal(await listed(person).count(), 1);
    await person.context.close();
  });

  it('are renamed without any passkey', async () => {
    const person = await arrive(holdfast, { script: true });
    const { page } = person;
    await addFirst(person);
    await listed(person).click();
    await page.getByLabel('Name').fill('手提電腦 <b>');
    await page.getByRole('button', { name: 'Save the name' }).click();
    await page.getByText('手提電腦 <b>').first().waitFor();
    person.assertNoComplaint();
    await person.context.close();
  });

  it('are removed by a passkey, and forgotten by the password manager', async () => {
    const person = await arrive();
    const { page } = person;
    await addFirst(person);
    await addAnother(person);
    await listed(person).first().click();
    await page.getByRole('button', { name: 'Remove this passkey' }).click();
    await page.waitForURL(/\/account$/);
    assert.equal(await listed(person).count(), 1);
    for (let left = 2; left > 1;) left = await person.passkeys();
    person.assertNoComplaint();
    await person.context.close();
  });

  it('stay when she does not confirm', async () => {
    const person = await arrive();
    const { page } = person;
    await addFirst(person);
    await addAnother(person);
    await listed(person).first().click();
    await person.verifies(false);
    await page.getByRole('button', { name: 'Remove this passkey' }).click();
    await page.getByText('No passkey was used. You can try again.').waitFor();
    await page.goto(`${holdfast.issuer}/account`);
    assert.equal(await listed(person).count(), 2);
    await person.context.close();
  });

  it('never go altogether while nothing else lets her in', async () => {
    const person = await arrive();
    const { page } = person;
    await addFirst(person);
    await listed(person).click();
    await page.getByRole('button', { name: 'Remove this passkey' }).click();
    await page.getByText('This is your only way in. Add another passkey first.').waitFor();
    await page.goto(`${holdfast.issuer}/account`);
    assert.equal(await listed(person).count(), 1);
    await person.context.close();
  });

  it('that are held can’t confirm, and the page says until when', async () => {
    const person = await arrive(slow);
    const { page } = person;
    await addFirst(person);
    await page.getByText('can confirm changes from').waitFor();
    await page.getByRole('link', { name: 'Add a passkey' }).click();
    await page.getByText('This change needs a passkey that may confirm.').waitFor();
    assert.equal(await page.getByRole('button', { name: 'Confirm that it’s you' }).count(), 0);
    await person.picture('account-held-phone-light');
    person.assertNoComplaint();
    await person.context.close();
  });
});
