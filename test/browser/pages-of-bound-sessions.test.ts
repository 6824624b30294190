import assert from 'node:assert/strict';
import type { Browser } from 'playwright-core';
import { noHold } from '../support/account-visitor.js';
import { startBehind } from '../support/behind-the-door.js';
import { binding } from '../support/bound-browser.js';
import { boundCookie, BoundPerson } from '../support/bound-walk.js';
import { AppPage, launchBrowser } from '../support/browser.js';
import { FrontDoor } from '../support/front-door.js';
import type { Holdfast } from '../support/harness.js';
import { authorizeUrl, pkce } from '../support/login.js';
import { statesOf } from '../support/pages/every-page.js';
import { Inspection } from '../support/pages/inspection.js';

describe('the pages that a session shows when its device has to prove itself', () => {
  let door: FrontDoor;
  let holdfast: Holdfast;
  let browser: Browser;
  let app: AppPage;
  const inspect = new Inspection();
  before(async () => {
    [door, browser, app] = await Promise.all([FrontDoor.open(), launchBrowser(binding), AppPage.open()]);
    holdfast = await startBehind(door, noHold);
  });
  afterEach(() => holdfast.clock.reset());
  after(async () => {
    await browser.close();
    await app.close();
    await holdfast.close();
    await door.close();
  });

  /** Her cookies are there, her key is not: as with a copy of them in another browser. */
  const arriveWithoutKey = async () => {
    const ada = await BoundPerson.arrive(browser, door.origin);
    await ada.sessions.forget(ada.id);
    await ada.sessions.lose(door.origin, boundCookie);
    holdfast.clock.advance(11);
    return ada;
  };

  it('when it can’t, and something was to be changed: nothing was, and there is the way to sign in again', async () => {
    const ada = await arriveWithoutKey();
    const { page } = ada.person;
    await page.getByRole('button', { name: 'Wasn’t me: lock everything' }).click();
    await page.getByRole('heading', { name: /^This browser couldn’t prove that it’s yours/ }).waitFor();
    await inspect.of(ada.person, 'device-unproven');
    await page.getByRole('link', { name: 'Sign in again' }).click();
    await page.getByRole('heading', { name: 'Sign in', exact: true }).waitFor();
    await ada.person.context.close();
  });

  it('while it does, on the way from another site', async () => {
    const ada = await arriveWithoutKey();
    const { page, context } = ada.person;
    await page.goto(app.origin);
    // It would go on by itself.
    let visits = 0;
    await context.route(`${door.origin}/authorize*`, (route) => {
      visits += 1;
      return visits === 1 ? route.continue() : route.fulfill({ status: 204 });
    });
    const wish = { issuer: door.origin, clientId: 'cli', redirectUri: app.redirectUri };
    await page.evaluate(`location.href = ${JSON.stringify(authorizeUrl(wish, pkce().challenge))}`);
    await page.waitForURL(`${door.origin}/authorize*`);
    await page.getByRole('link').first().waitFor();
    await inspect.of(ada.person, 'proving');
    await context.close();
  });

  after(() => assert.deepEqual([...inspect.seen].toSorted(), statesOf('bound').toSorted()));
});
