import assert from 'node:assert/strict';
import type { Browser } from 'playwright-core';
import { AppPage, launchBrowser, Person } from '../support/browser.js';
import { type Holdfast, startHoldfast } from '../support/harness.js';
import { authorizeUrl, pkce } from '../support/login.js';

describe('a person who is asked to allow an app', () => {
  let holdfast: Holdfast;
  let browser: Browser;
  let app: AppPage;
  before(async () => {
    [holdfast, browser, app] = await Promise.all([startHoldfast(), launchBrowser(), AppPage.open()]);
  });
  afterEach(() => holdfast.clock.reset());
  after(async () => {
    await browser.close();
    await app.close();
    await holdfast.close();
  });

  const url = (parameters: Record<string, string> = {}) => {
    const { issuer } = holdfast;
    const wish = { issuer, clientId: 'cli', redirectUri: app.redirectUri, parameters };
    return authorizeUrl(wish, pkce().challenge);
  };
  const asked = async () => {
    const person = await Person.arrive(browser);
    await person.page.goto(url());
    await person.page.getByLabel('Login').fill('ada');
    await person.page.getByRole('button', { name: 'Sign in as a test' }).click();
    await question(person);
    return person;
  };
  const question = ({ page }: Person) =>
    page.getByRole('heading', { name: 'Allow Research agent?' }).waitFor();
  const allow = ({ page }: Person) => page.getByRole('button', { name: 'Allow', exact: true }).click();
  const back = ({ page }: Person) => page.getByText('Back at the app').waitFor();
  const isOver = ({ page }: Person) => page.getByRole('heading', { name: 'This sign-in is over.' }).waitFor();

  it('is asked the same after a reload, and answers once', async () => {
    const person = await asked();
    await person.page.reload();
    await question(person);
    await allow(person);
    await back(person);
    assert.ok(app.response.get('code'));
    person.assertNoComplaint();
    await person.context.close();
  });

  it('goes back after her answer and is told that it is over', async () => {
    const person = await asked();
    await allow(person);
    await back(person);
    const answers = app.arrivals.length;
    await person.page.goBack();
    await isOver(person);
    assert.equal(app.arrivals.length, answers);
    await person.context.close();
  });

  it('answers in one tab, and the other one is told that it is over', async () => {
    const person = await asked();
    const other = await person.context.newPage();
    await other.goto(person.page.url());
    await allow(person);
    await back(person);
    const answers = app.arrivals.length;
    await other.getByRole('button', { name: 'Allow', exact: true }).click();
    await other.getByRole('heading', { name: 'This sign-in is over.' }).waitFor();
    assert.equal(app.arrivals.length, answers);
    await person.context.close();
  });

  it('is asked by two apps at once, and each gets its own answer', async () => {
    const person = await asked();
    const other = await person.context.newPage();
    await other.goto(url({ state: 'the-other' }));
    await other.getByRole('heading', { name: 'Allow Research agent?' }).waitFor();
    await allow(person);
    await back(person);
    assert.notEqual(app.response.get('state'), 'the-other');
    await other.getByRole('button', { name: 'Don’t allow' }).click();
    await other.getByText('Back at the app').waitFor();
    assert.equal(app.response.get('state'), 'the-other');
    assert.equal(app.response.get('error'), 'access_denied');
    await person.context.close();
  });

  it('waits for too long, and is told that it is over and nothing was shared', async () => {
    const person = await asked();
    holdfast.clock.advance(holdfast.config.lifetimes.interaction + 60);
    await allow(person);
    await isOver(person);
    await person.page.getByText('Nothing was shared.').waitFor();
    await person.context.close();
  });

  it('answers without a script', async () => {
    const person = await Person.arrive(browser, { script: false });
    await person.page.goto(url());
    await person.page.getByLabel('Login').fill('ada');
    await person.page.getByRole('button', { name: 'Sign in as a test' }).click();
    await allow(person);
    await back(person);
    assert.ok(app.response.get('code'));
    await person.context.close();
  });

  it('reads the question in Chinese where her app wishes it', async () => {
    const person = await asked();
    await person.page.goto(url({ ui_locales: 'zh-TW' }));
    await person.page.getByRole('heading', { name: '要允許 Research agent 嗎？' }).waitFor();
    await person.page.getByText('只有這部裝置上的應用程式能收到這項授權。').waitFor();
    assert.equal(await person.page.locator('html').getAttribute('lang'), 'zh-Hant');
    await person.context.close();
  });
});
