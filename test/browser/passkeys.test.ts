import assert from 'node:assert/strict';
import { decodeJwt } from 'jose';
import type { Browser } from 'playwright-core';
import { AppPage, launchBrowser, Person } from '../support/browser.js';
import { Device } from '../support/device.js';
import { type Holdfast, startHoldfast } from '../support/harness.js';
import { authorizeUrl, introspect, pkce, redeem } from '../support/login.js';

describe('a person with a passkey', () => {
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

  const begin = async (person: Person, parameters: Record<string, string> = {}) => {
    const { verifier, challenge } = pkce();
    const { issuer } = holdfast;
    const { redirectUri } = app;
    const scope = 'openid profile email offline_access model:read model:call';
    const wish = { issuer, clientId: 'cli', redirectUri, scope, parameters };
    await person.page.goto(authorizeUrl(wish, challenge));
    return verifier;
  };

  const signUp = async (person: Person, name = 'Ada Lovelace') => {
    await person.signUp(name);
    await person.page.getByRole('heading', { name: 'Allow Research agent?' }).waitFor();
  };

  const back = (person: Person) => person.page.getByText('Back at the app').waitFor();

  it('signs up, allows her app, and it gets a token bound to its key, as strong as she was', async () => {
    const person = await Person.arrive(browser);
    const { page } = person;
    const verifier = await begin(person);
    await person.picture('login-phone-light');
    await person.signUp('Ada Lovelace');
    await page.getByRole('heading', { name: 'Allow Research agent?' }).waitFor();
    assert.equal(await person.passkeys(), 1);
    await person.picture('consent-phone-light');
    await page.getByRole('button', { name: 'Allow', exact: true }).click();
    await back(person);
    assert.equal(app.response.get('iss'), holdfast.issuer);
    const code = app.response.get('code') ?? '';
    const login = { clientId: 'cli', redirectUri: app.redirectUri, code, verifier } as never;
    const tokens = await redeem(holdfast.issuer, login, await Device.create());
    assert.equal(tokens.status, 200, JSON.stringify(tokens.body));
    const { sub, acr, amr } = decodeJwt(tokens.body['id_token'] as string);
    assert.match(String(sub), /^acc_/);
    assert.equal(acr, 'urn:holdfast:acr:phr');
    assert.deepEqual(amr, ['pop', 'user', 'mfa']);
    const { body } = await introspect(holdfast.issuer, tokens.body['access_token'] as string);
    assert.equal(body['acr'], 'urn:holdfast:acr:phr');
    person.assertNoComplaint();
    await person.context.close();
  });

  it('signs in again without typing a name', async () => {
    const person = await Person.arrive(browser, { width: 1280, colorScheme: 'dark' });
    await begin(person);
    await signUp(person);
    await person.context.clearCookies();
    await begin(person);
    await person.picture('login-desk-dark');
    await person.page.getByRole('button', { name: 'Sign in with a passkey' }).click();
    await person.page.getByRole('heading', { name: 'Allow Research agent?' }).waitFor();
    await person.picture('consent-desk-dark');
    assert.equal(await person.passkeys(), 1);
    person.assertNoComplaint();
    await person.context.close();
  });

  it('goes the whole way by keyboard, and sees where she is', async () => {
    const person = await Person.arrive(browser);
    const { page } = person;
    await begin(person);
    await signUp(person);
    await person.context.clearCookies();
    await begin(person);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    const outline = await page.evaluate('getComputedStyle(document.activeElement).outlineWidth');
    assert.equal(outline, '3px');
    await person.picture('login-phone-focus');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Allow Research agent?' }).waitFor();
    await page.getByRole('button', { name: 'Allow', exact: true }).focus();
    await page.keyboard.press('Tab');
    assert.equal(await page.evaluate('document.activeElement.textContent'), 'Don’t allow');
    await page.keyboard.press('Enter');
    await back(person);
    await person.context.close();
  });

  it('says no, and her app learns that and nothing else', async () => {
    const person = await Person.arrive(browser);
    await begin(person);
    await signUp(person);
    await person.page.getByRole('button', { name: 'Don’t allow' }).click();
    await back(person);
    assert.equal(app.response.get('error'), 'access_denied');
    assert.equal(app.response.get('iss'), holdfast.issuer);
    assert.equal(app.response.get('code'), null);
    person.assertNoComplaint();
    await person.context.close();
  });

  it('leaves without signing in', async () => {
    const person = await Person.arrive(browser);
    await begin(person);
    await person.page.getByRole('button', { name: 'Go back without signing in' }).click();
    await back(person);
    assert.equal(app.response.get('error'), 'access_denied');
    await person.context.close();
  });

  it('is told what to do when her passkey was not used, and can try again', async () => {
    const person = await Person.arrive(browser);
    const { page } = person;
    await begin(person);
    await signUp(person);
    await person.context.clearCookies();
    await begin(person);
    await person.verifies(false);
    const before = await page.getByRole('link', { name: 'Create an account' }).boundingBox();
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
    await page.getByText('No passkey was used. You can try again.').waitFor();
    await person.picture('login-phone-cancelled');
    assert.deepEqual(await page.getByRole('link', { name: 'Create an account' }).boundingBox(), before);
    await person.verifies(true);
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
    await page.getByRole('heading', { name: 'Allow Research agent?' }).waitFor();
    await person.context.close();
  });

  it('is told that passkeys need a script where she allows none', async () => {
    const person = await Person.arrive(browser, { script: false });
    await begin(person);
    assert.equal(await person.page.locator('noscript p').isVisible(), true);
    assert.equal(
      await person.page.getByRole('button', { name: 'Sign in with a passkey' }).isVisible(),
      false,
    );
    await person.picture('login-phone-no-script');
    await person.context.close();
  });

  it('changes to another account in the same browser', async () => {
    const person = await Person.arrive(browser);
    const { page } = person;
    await begin(person);
    await signUp(person);
    await begin(person, { prompt: 'login' });
    await signUp(person, 'Grace Hopper');
    await page.getByRole('button', { name: 'Allow', exact: true }).click();
    await back(person);
    assert.ok(app.response.get('code'));
    person.assertNoComplaint();
    await person.context.close();
  });

  it('comes back from signing out though she was not signed in', async () => {
    const person = await Person.arrive(browser);
    await person.page.goto(`${holdfast.issuer}/logout?client_id=cli`);
    await person.page.getByRole('heading', { name: 'You are signed out.' }).waitFor();
    person.assertNoComplaint();
    await person.context.close();
  });

  it('signs out by her own answer, and is asked to sign in the next time', async () => {
    const person = await Person.arrive(browser);
    const { page } = person;
    await begin(person);
    await signUp(person);
    await page.getByRole('button', { name: 'Allow', exact: true }).click();
    await back(person);
    await page.goto(`${holdfast.issuer}/logout?client_id=cli`);
    await person.picture('logout-phone-light');
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'You are signed out.' }).waitFor();
    await begin(person);
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    person.assertNoComplaint();
    await person.context.close();
  });
});
