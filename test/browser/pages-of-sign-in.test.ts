import type { Browser } from 'playwright-core';
import { AppPage, launchBrowser, Person } from '../support/browser.js';
import { type Holdfast, startHoldfast } from '../support/harness.js';
import { authorizeUrl, pkce } from '../support/login.js';
import { Inspection } from '../support/pages/inspection.js';

describe('the pages of a sign-in', () => {
  let holdfast: Holdfast;
  let browser: Browser;
  let app: AppPage;
  const inspect = new Inspection();
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

  const begin = async ({ page }: Person, parameters: Record<string, string> = {}) => {
    const { issuer } = holdfast;
    const scope = 'openid profile email offline_access model:read model:call';
    const wish = { issuer, clientId: 'cli', redirectUri: app.redirectUri, scope, parameters };
    return await page.goto(authorizeUrl(wish, pkce().challenge));
  };

  it('can be used by everybody: the front page, the login, errors', async () => {
    const person = await Person.arrive(browser);
    const { page } = person;
    await page.goto(holdfast.issuer);
    await inspect.of(person, 'home');
    await begin(person);
    await inspect.of(person, 'login');
    await begin(person, { ui_locales: 'zh-TW' });
    await inspect.of(person, 'login-zh');
    await page.goto(`${holdfast.issuer}/nowhere`);
    await inspect.of(person, 'error');
    await page.goto(`${holdfast.issuer}/logout`);
    await inspect.of(person, 'signed-out');
    await person.context.close();
  });
});
