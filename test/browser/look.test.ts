import assert from 'node:assert/strict';
import type { Browser } from 'playwright-core';
import { launchBrowser, Person } from '../support/browser.js';
import { type Holdfast, startHoldfast } from '../support/harness.js';
import { authorizeUrl, pkce } from '../support/login.js';
import { Inspection } from '../support/pages/inspection.js';
import { unique } from '../support/records.js';

const drawing =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 48 24"><rect width="48" height="24" rx="4" fill="#7a1fa2"/></svg>';
const longName = 'The Extraordinarily Long Named Research Notebook, Tidewaters';

const style = (selector: string, property: string) =>
  `getComputedStyle(document.querySelector('${selector}')).${property}`;

describe('the look', () => {
  let holdfast: Holdfast;
  let browser: Browser;
  const inspect = new Inspection();
  before(async () => {
    const client = {
      client_id: 'long',
      client_name: longName,
      client_uri: 'https://notebook.research.department-of-everything.tidewater-company.example/about',
      token_endpoint_auth_method: 'none',
      redirect_uris: ['https://app.test/callback'],
      response_types: ['code'],
    };
    const brand = {
      name: 'Tidewater Identity for People and Programs',
      logo: `data:image/svg+xml,${encodeURIComponent(drawing)}`,
      accent: { light: '#7a1fa2', dark: '#ce93d8' },
      support: 'https://help.tidewater.example/accounts/sign-in',
    };
    [holdfast, browser] = await Promise.all([startHoldfast({ brand, clients: [client] }), launchBrowser()]);
  });
  after(async () => {
    await browser.close();
    await holdfast.close();
  });

  const consent = async (person: Person) => {
    const { issuer } = holdfast;
    const wish = { issuer, clientId: 'long', resource: undefined, scope: 'openid email' };
    await person.page.goto(authorizeUrl(wish, pkce().challenge));
    await person.page.getByLabel('Login').fill('ada');
    await person.page.getByRole('button', { name: 'Sign in as a test' }).click();
    await person.page.getByRole('heading', { name: `Allow ${longName}?` }).waitFor();
  };

  it('of the operator is as good as ours: its accent, its logo, a long name', async () => {
    const person = await Person.arrive(browser);
    await consent(person);
    await inspect.of(person, 'brand-consent');
    await person.page.goto(`${holdfast.issuer}/nowhere`);
    await inspect.of(person, 'brand-error');
    const { page } = person;
    await page.getByRole('link', { name: 'help.tidewater.example/accounts/sign-in' }).waitFor();
    assert.equal(await page.evaluate(style('main a', 'color')), 'rgb(122, 31, 162)');
    await person.context.close();
  });

  it('keeps who asks in sight, and the answers, while the rest scrolls', async () => {
    const person = await Person.arrive(browser);
    const { page } = person;
    await consent(person);
    await page.setViewportSize({ width: 390, height: 640 });
    await page.evaluate('scrollTo(0, document.body.scrollHeight)');
    const box = async (name: string) => await page.getByRole('button', { name, exact: true }).boundingBox();
    const asker = await page.locator('.asker').boundingBox();
    assert.ok((asker?.y ?? -1) >= 0, 'who asks scrolled away');
    for (const name of ['Allow', 'Don’t allow']) {
      const button = await box(name);
      assert.ok(button && button.y + button.height <= 640, `${name} is out of sight`);
    }
    const [allow, deny] = [await box('Allow'), await box('Don’t allow')];
    assert.deepEqual([allow?.width, allow?.height], [deny?.width, deny?.height]);
    await person.context.close();
  });

  it('shows where the controls are in a contrast theme', async () => {
    const person = await Person.arrive(browser);
    const { page } = person;
    await page.emulateMedia({ forcedColors: 'active' });
    await consent(person);
    assert.equal(await page.evaluate(style('.button-go', 'borderTopWidth')), '2px');
    await person.context.close();
  });

  it('moves nothing where the person wants no motion', async () => {
    const person = await Person.arrive(browser);
    const { page } = person;
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await consent(person);
    const durations = await page.evaluate(
      `[...new Set([...document.querySelectorAll('*')].map((one) => getComputedStyle(one).transitionDuration))]`,
    );
    assert.deepEqual(durations, ['0s']);
    await person.context.close();
  });

  it('is fetched from nowhere else', async () => {
    const person = await Person.arrive(browser);
    const hosts = new Set<string>();
    person.page.on('request', (request) => {
      if (!request.url().startsWith('data:')) hosts.add(new URL(request.url()).origin);
    });
    await consent(person);
    assert.deepEqual([...hosts], [holdfast.issuer]);
    await person.context.close();
  });

  it('on paper is the codes and what they are for', async () => {
    const person = await Person.arrive(browser);
    const { page } = person;
    const email = `${unique('ada')}@example.org`;
    await page.goto(`${holdfast.issuer}/account`);
    await page.getByRole('link', { name: 'Create an account' }).click();
    await page.getByLabel('What should we call you?').fill('Ada');
    await page.getByLabel('E-mail').fill(email);
    await page.getByRole('button', { name: 'Continue' }).click();
    const { code = '' } = await holdfast.mails.waitFor(email, 'sign_up_code');
    await page.getByLabel('Code from the mail').fill(code);
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByRole('button', { name: 'Create a passkey' }).click();
    await page.getByRole('heading', { name: /Keep these codes/ }).waitFor();
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    assert.equal(
      await page.evaluate('getComputedStyle(document.body).backgroundColor'),
      'rgb(255, 255, 255)',
    );
    assert.equal(await page.getByText(/If you lose your passkeys/).isVisible(), true);
    assert.equal(await page.locator('.codes li').first().isVisible(), true);
    for (const control of await page.locator('button, a.button').all()) {
      assert.equal(await control.isVisible(), false, await control.innerText());
    }
    await person.context.close();
  });
});
