import assert from 'node:assert/strict';
import type { Browser } from 'playwright-core';
import type { AccountId } from '../../src/accounts/account.js';
import { AppPage, launchBrowser, type Look, Person } from '../support/browser.js';
import { type Holdfast, startHoldfast } from '../support/harness.js';
import { authorizeUrl, pkce } from '../support/login.js';

/** Counts how often the page asked the authenticator. */
const countingQuestions = `globalThis.questions = 0;
  const get = navigator.credentials.get.bind(navigator.credentials);
  navigator.credentials.get = (options) => { const answer = get(options); questions += 1; return answer; }`;

/** The e-mail field offers her passkeys by itself (`mediation: 'conditional'`). */
describe('a passkey in the autofill of the e-mail field', () => {
  let holdfast: Holdfast;
  let browser: Browser;
  let app: AppPage;
  before(async () => {
    [holdfast, browser, app] = await Promise.all([startHoldfast(), launchBrowser(), AppPage.open()]);
  });
  after(async () => {
    await browser.close();
    await app.close();
    await holdfast.close();
  });
  afterEach(() => holdfast.clock.reset());

  const begin = async ({ page }: Person) => {
    const wish = { issuer: holdfast.issuer, clientId: 'cli', redirectUri: app.redirectUri, scope: 'openid' };
    await page.goto(authorizeUrl(wish, pkce().challenge));
  };
  const consent = ({ page }: Person) =>
    page.getByRole('button', { name: 'Allow', exact: true }).waitFor({ timeout: 10_000 });

  /** Somebody who has a passkey, is signed out and does not touch it yet, at the login page. */
  const returning = async (look: Look = {}) => {
    const person = await Person.arrive(browser, { autofill: true, ...look });
    await begin(person);
    await signUp(person);
    await person.touches(false);
    await person.context.clearCookies();
    await person.page.addInitScript(countingQuestions);
    await begin(person);
    for (let asked = 0; asked === 0;) asked = await person.page.evaluate<number>('questions');
    return person;
  };
  const signUp = async (person: Person) => {
    await person.signUp('Ada');
    await consent(person);
  };
  const nextOptions = ({ page }: Person) =>
    page.waitForResponse((answer) => answer.url().endsWith('/passkey/sign-in/options'));

  it('signs her in without a click', async () => {
    const person = await returning();
    const field = person.page.getByLabel('E-mail');
    assert.equal(await field.getAttribute('autocomplete'), 'username webauthn');
    await person.touches(true);
    await begin(person);
    await consent(person);
    person.assertNoComplaint();
    await person.context.close();
  });

  it('gives way to the button', async () => {
    const person = await returning();
    await person.touches(true);
    await person.page.getByRole('button', { name: 'Sign in with a passkey' }).click();
    await consent(person);
    person.assertNoComplaint();
    await person.context.close();
  });

  it('gives way to the e-mail form, which asks for the passkey whatever the address is', async () => {
    const person = await returning();
    await person.page.getByLabel('E-mail').fill('nobody@example.org');
    const posted = nextOptions(person);
    await person.touches(true);
    await person.page.getByLabel('E-mail').press('Enter');
    assert.equal((await posted).request().postData()?.includes('nobody@example.org'), false);
    await consent(person);
    await person.context.close();
  });

  it('comes back after the button was cancelled, and moves nothing on the page', async () => {
    const person = await returning();
    const { page } = person;
    const link = page.getByRole('link', { name: 'Create an account' });
    const before = await link.boundingBox();
    await person.verifies(false);
    await person.touches(true);
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
    await page.getByText('No passkey was used. You can try again.').waitFor();
    assert.deepEqual(await link.boundingBox(), before);
    await person.verifies(true);
    await begin(person);
    await consent(person);
    await person.context.close();
  });

  it('is renewed before its challenge dies, as long as the page is open', async () => {
    const person = await Person.arrive(browser, { autofill: true });
    await begin(person);
    await signUp(person);
    await person.touches(false);
    await person.context.clearCookies();
    await person.page.clock.install();
    const offered = nextOptions(person);
    await begin(person);
    await offered;
    for (let round = 0; round < 3; round += 1) {
      const renewed = nextOptions(person);
      holdfast.clock.advance(280);
      await person.page.clock.fastForward(280_000);
      await renewed;
    }
    await person.touches(true);
    await person.page.clock.fastForward(280_000);
    holdfast.clock.advance(280);
    await consent(person);
    person.assertNoComplaint();
    await person.context.close();
  });

  it('is not asked for by a visitor without script, who sees no field that does nothing', async () => {
    const person = await Person.arrive(browser, { script: false });
    await begin(person);
    assert.equal(await person.page.getByLabel('E-mail').isVisible(), false);
    await person.context.close();
  });

  it('makes the password manager forget a passkey that was removed, and only that', async () => {
    const person = await Person.arrive(browser);
    const { page } = person;
    await begin(person);
    await signUp(person);
    const [accountId, credentialId] = await newestPasskey();
    await holdfast.storage.passkeys.insert({
      ...(await passkeyOf(credentialId)),
      credentialId: Buffer.from('another passkey of hers'),
    });
    await person.context.clearCookies();
    await begin(person);
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
    await consent(person);
    assert.equal(await person.passkeys(), 1);
    const at = new Date(holdfast.clock.now());
    assert.equal(await holdfast.storage.passkeys.remove(accountId, credentialId, at), 'removed');
    await person.context.clearCookies();
    await begin(person);
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
    await page.getByText('That passkey was removed from your account.').waitFor();
    assert.equal(await person.passkeys(), 0);
    await person.context.close();
  });

  it('tells the password manager her present name', async () => {
    const person = await Person.arrive(browser);
    const { page } = person;
    await begin(person);
    await signUp(person);
    assert.deepEqual(await person.passkeyNames(), ['Ada (Ada)']);
    const [accountId] = await newestPasskey();
    await holdfast.storage.accounts.setEmail(accountId, `${accountId}@example.org`);
    await person.context.clearCookies();
    await begin(person);
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
    await consent(person);
    assert.deepEqual(await person.passkeyNames(), [`${accountId}@example.org (Ada)`]);
    await person.context.close();
  });

  const passkeyOf = async (credentialId: Buffer) => {
    const passkey = await holdfast.storage.passkeys.find(credentialId);
    assert.ok(passkey);
    return passkey;
  };
  const newestPasskey = async (): Promise<[AccountId, Buffer]> => {
    const accounts = await holdfast.storage.accounts.list({ limit: 1000 });
    const newest = accounts.at(-1);
    assert.ok(newest);
    const [passkey] = await holdfast.storage.passkeys.listOf(newest.id);
    assert.ok(passkey);
    return [newest.id, passkey.credentialId];
  };
});
