import assert from 'node:assert/strict';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser, Person } from '../support/browser.js';
import { Device } from '../support/device.js';
import { type Holdfast, startHoldfast } from '../support/harness.js';
import { introspect, logIn, redeem, refresh } from '../support/login.js';
import { unique } from '../support/records.js';

describe('a person and her devices', () => {
  let holdfast: Holdfast;
  let browser: Browser;
  before(async () => {
    [holdfast, browser] = await Promise.all([startHoldfast(), launchBrowser()]);
  });
  after(async () => {
    await browser.close();
    await holdfast.close();
  });

  const address = (path = '') => `${holdfast.issuer}/account${path}`;
  const rows = (page: Page) => page.locator('#devices .row');
  const said = (page: Page, words: string) =>
    page.locator('[data-live-status]').getByText(words, { exact: true }).waitFor();
  /** Brought back to the front, a page looks at once. */
  const look = (page: Page) => page.evaluate("document.dispatchEvent(new Event('visibilitychange'))");

  async function signIn(login: string): Promise<Person> {
    const person = await Person.arrive(browser);
    const { page } = person;
    await page.goto(address());
    await page.getByLabel('Login').fill(login);
    await page.getByRole('button', { name: 'Sign in as a test' }).click();
    await page.waitForURL(address());
    return person;
  }

  /** The same person signs in to an app, in a browser elsewhere that says nothing of itself. */
  async function elsewhere(login: string) {
    const { issuer } = holdfast;
    const device = await Device.create(holdfast.clock);
    const { body } = await redeem(issuer, await logIn({ issuer, login }), device);
    return { device, access: String(body['access_token']), refresh: String(body['refresh_token']) };
  }

  it('sees live what is signed in elsewhere, without a reload, and nothing moves', async () => {
    const login = unique('ada');
    const person = await signIn(login);
    const { page } = person;
    const loads: string[] = [];
    page.on('load', () => loads.push(page.url()));
    assert.equal(await rows(page).count(), 1);
    const cutOff = rows(page).first().getByRole('button');
    await cutOff.focus();
    const place = await cutOff.boundingBox();
    await elsewhere(login);
    await look(page);
    await said(page, 'New here: A browser.');
    assert.equal(await rows(page).count(), 2);
    assert.deepEqual(await cutOff.boundingBox(), place);
    const focused = await page.evaluate("document.activeElement?.getAttribute('aria-label')");
    assert.equal(focused, await cutOff.getAttribute('aria-label'));
    const tab = await person.context.newPage();
    await tab.goto(address('/devices'));
    await tab.getByRole('button', { name: 'Cut off A browser' }).click();
    await tab.getByText('It is cut off', { exact: false }).waitFor();
    await look(page);
    await said(page, 'A browser is not signed in any more.');
    assert.deepEqual([await rows(page).count(), await rows(page).getByRole('button').count()], [2, 1]);
    assert.deepEqual(loads, []);
    person.assertNoComplaint();
    await person.context.close();
  });

  it('is told that the list may be old while the server can’t be reached', async () => {
    const person = await signIn(unique('ada'));
    const { page, context } = person;
    await context.setOffline(true);
    await look(page);
    await said(page, 'No connection. This list may be old.');
    await context.setOffline(false);
    await look(page);
    await page.locator('[data-live-status]:empty').waitFor({ state: 'attached' });
    await context.close();
  });

  it('cuts one off: from the answer on no introspection is positive, and its page shows nothing of hers', async () => {
    const login = unique('ada');
    const [person, cut] = [await signIn(login), await signIn(login)];
    const tokens = await elsewhere(login);
    const { page } = person;
    await page.goto(address());
    await rows(page).nth(2).waitFor();
    let answered = false;
    page.on('response', (response) => {
      if (/^\/account\/devices\/\w+\/cut-off$/.test(new URL(response.url()).pathname)) answered = true;
    });
    // Law 3: asked all the while. What is asked after the answer has come must not be positive.
    const before: unknown[] = [];
    const after: unknown[] = [];
    const asking = (async () => {
      while (after.length < 25) {
        const asked = answered ? after : before;
        asked.push((await introspect(holdfast.issuer, tokens.access)).body['active']);
      }
    })();
    await page.getByRole('button', { name: 'Cut off A browser' }).click();
    await page.getByText('It is cut off', { exact: false }).waitFor();
    await asking;
    assert.equal(before[0], true);
    assert.deepEqual(new Set(after), new Set([false]));
    assert.equal((await refresh(holdfast.issuer, tokens.refresh, tokens.device)).status, 400);
    const theirs = rows(page).filter({ hasNotText: 'this device' });
    await theirs.getByRole('button').click();
    await page.getByText('It is cut off', { exact: false }).waitFor();
    await look(cut.page);
    await cut.page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await rows(page).getByRole('button').click();
    await page.getByRole('heading', { name: /^This device is cut off/ }).waitFor();
    await page.getByRole('link', { name: 'Sign in again' }).click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await cut.context.close();
    await person.context.close();
  });
});
