import assert from 'node:assert/strict';
import type { Browser } from 'playwright-core';
import { launchBrowser, Person } from '../support/browser.js';
import { type Holdfast, startHoldfast } from '../support/harness.js';
import { authorizeUrl, pkce } from '../support/login.js';

const longName = 'The Extraordinarily Long Named Research Notebook, Tidewaters';

describe('a person who went astray', () => {
  let holdfast: Holdfast;
  let browser: Browser;
  before(async () => {
    const client = {
      client_id: 'long',
      client_name: longName,
      client_uri: 'https://notebook.research.tidewater-company.example/about',
      token_endpoint_auth_method: 'none',
      redirect_uris: ['https://app.test/callback'],
      response_types: ['code'],
    };
    [holdfast, browser] = await Promise.all([startHoldfast({ clients: [client] }), launchBrowser()]);
  });
  after(async () => {
    await browser.close();
    await holdfast.close();
  });

  const addressOf = (redirectUri: string) =>
    authorizeUrl(
      { issuer: holdfast.issuer, clientId: 'long', redirectUri, resource: undefined, scope: 'openid email' },
      pkce().challenge,
    );

  it('is not sent to an address that the app never registered, and keeps the request id', async () => {
    const person = await Person.arrive(browser);
    const { page, context } = person;
    await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: holdfast.issuer });
    const response = await page.goto(addressOf('https://tidewater-login.test/'));
    assert.equal(response?.status(), 400);
    await page.getByRole('heading', { name: 'We didn’t send you to this app.' }).waitFor();
    const requestId = (await response?.headerValue('x-request-id')) ?? 'none';
    await page.getByText(requestId, { exact: true }).waitFor();
    await page.getByText('tidewater-login.test').waitFor();
    await person.picture('error-phone-light');
    await page.getByRole('button', { name: 'Copy the request id' }).click();
    await page.getByText('Copied').waitFor();
    assert.equal(await page.evaluate('navigator.clipboard.readText()'), requestId);
    await context.close();
  });

  it('is shown a page, not JSON, where there is none', async () => {
    const person = await Person.arrive(browser, { width: 1280 });
    const response = await person.page.goto(`${holdfast.issuer}/nowhere`);
    assert.equal(response?.status(), 404);
    await person.page.getByRole('heading', { name: 'This page does not exist.' }).waitFor();
    await person.picture('error-desk-light');
    await person.context.close();
  });

  it('is told when her sign-in is over', async () => {
    const person = await Person.arrive(browser, { colorScheme: 'dark' });
    await person.page.goto(addressOf('https://app.test/callback'));
    await person.context.clearCookies();
    const response = await person.page.reload();
    assert.equal(response?.status(), 400);
    await person.page.getByRole('heading', { name: 'This sign-in is over.' }).waitFor();
    await person.picture('error-phone-dark');
    await person.context.close();
  });

  it('sees the front page at the server’s own address', async () => {
    const person = await Person.arrive(browser);
    await person.page.goto(holdfast.issuer);
    await person.page.getByRole('heading', { name: 'This is where you sign in.' }).waitFor();
    await person.picture('home-phone-light');
    person.assertNoComplaint();
    await person.context.close();
  });

  it('sees two lines at most of a name that an app gave itself, and its host whole', async () => {
    const person = await Person.arrive(browser);
    const { page } = person;
    await page.goto(addressOf('https://app.test/callback'));
    await page.getByLabel('Login').fill('ada');
    await page.getByRole('button', { name: 'Sign in as a test' }).click();
    const heading = page.getByRole('heading', { name: `Allow ${longName}?` });
    await heading.waitFor();
    const height = (await heading.boundingBox())?.height ?? 0;
    assert.ok(height <= 70, `the heading is ${height} px high`);
    await page.getByText('notebook.research.tidewater-company.example').waitFor();
    await person.picture('consent-phone-long-name');
    person.assertNoComplaint();
    await person.context.close();
  });
});
