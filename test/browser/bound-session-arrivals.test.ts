import assert from 'node:assert/strict';
import type { Browser, Page } from 'playwright-core';
import { startBehind } from '../support/behind-the-door.js';
import { binding } from '../support/bound-browser.js';
import { BoundPerson } from '../support/bound-walk.js';
import { AppPage, launchBrowser } from '../support/browser.js';
import { testClients } from '../support/clients.js';
import { FrontDoor } from '../support/front-door.js';
import type { Holdfast } from '../support/harness.js';
import { type Listener, listen } from '../support/listener.js';
import { authorizeUrl, pkce } from '../support/login.js';
import { unique } from '../support/records.js';

/* Chromium renews nothing before a request that another site began: she comes without the bound cookie, though she has the key. */
describe('somebody whose session is held by her device, coming from another site', () => {
  let door: FrontDoor;
  let holdfast: Holdfast;
  let browser: Browser;
  let app: AppPage;
  let sibling: Listener;
  before(async () => {
    const page = '<!doctype html><link rel="icon" href="data:,"><h1>Beside</h1>';
    [door, browser, app, sibling] = await Promise.all([
      FrontDoor.open(),
      launchBrowser(binding),
      AppPage.open(),
      listen((_, response) => response.setHeader('content-type', 'text/html').end(page), '127.0.0.1', true),
    ]);
    const site = {
      client_id: 'site',
      client_name: 'Tidewater Notebook',
      token_endpoint_auth_method: 'none',
      redirect_uris: [app.redirectUri, `https://localhost:${sibling.port}/callback`],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
    };
    holdfast = await startBehind(door, { clients: [...testClients, site] });
  });
  beforeEach(() => {
    app.arrivals.length = 0;
  });
  afterEach(() => holdfast.clock.reset());
  after(async () => {
    await browser.close();
    await Promise.all([app.close(), sibling.close(), holdfast.close()]);
    await door.close();
  });

  const question = (parameters: Record<string, string>, redirectUri = app.redirectUri) =>
    authorizeUrl({ issuer: door.origin, clientId: 'site', redirectUri, parameters }, pkce().challenge);

  /** From a link of the app. */
  async function follow(page: Page, url: string): Promise<void> {
    await page.goto(`${app.origin}/`);
    await page.evaluate((target) => void (location.href = target), url);
  }

  const back = (page: Page) => page.getByText('Back at the app').waitFor();
  const code = () => app.response.get('code') ?? app.response.get('error');

  /** Signed in, the app allowed, and her bound cookie over. */
  async function arrive(): Promise<BoundPerson> {
    const ada = await BoundPerson.arrive(browser, door.origin);
    const { page } = ada;
    await follow(page, question({}));
    await page.getByRole('button', { name: 'Allow', exact: true }).click();
    await back(page);
    app.arrivals.length = 0;
    holdfast.clock.advance(11);
    await ada.expire();
    await page.goto('about:blank');
    door.forget();
    return ada;
  }

  it('passes a doorway, and is known behind it', async () => {
    const ada = await arrive();
    await follow(ada.page, question({ prompt: 'none' }));
    await back(ada.page);
    assert.match(code() ?? '', /^[\w-]{43}$/);
    assert.deepEqual(door.lines, ['GET /authorize 200', 'POST /dbsc/refresh 200', 'GET /authorize 303']);
    await ada.leave();
  });

  it('is asked what the app wants asked, and nothing else', async () => {
    const ada = await arrive();
    await follow(ada.page, question({ prompt: 'consent' }));
    await ada.page.getByRole('button', { name: 'Allow', exact: true }).click();
    await back(ada.page);
    assert.match(code() ?? '', /^[\w-]{43}$/);
    await ada.leave();
  });

  const posting = {
    'another site': () => app.origin,
    'a sibling host': () => `https://localhost:${sibling.port}`,
  };
  for (const [where, origin] of Object.entries(posting))
    it(`is known where the app posts its question, from ${where}`, async () => {
      const ada = await arrive();
      await ada.page.goto(`${origin()}/`);
      await ada.page.evaluate(
        (url) => {
          const { origin, pathname, searchParams } = new URL(url);
          const form = document.createElement('form');
          Object.assign(form, { method: 'post', action: origin + pathname });
          for (const [name, value] of searchParams) {
            form.append(Object.assign(document.createElement('input'), { name, value }));
          }
          document.body.append(form);
          form.submit();
        },
        question({ prompt: 'none' }),
      );
      await back(ada.page);
      assert.match(code() ?? '', /^[\w-]{43}$/);
      await ada.leave();
    });

  it('is known in a frame of an app on a sibling host', async () => {
    const ada = await arrive();
    const { page } = ada;
    await page.goto(`https://localhost:${sibling.port}/`);
    const answered = page.waitForEvent('framenavigated', (frame) => frame.url().includes('/callback'));
    await page.evaluate(
      (src) => document.body.append(Object.assign(document.createElement('iframe'), { src })),
      question({ prompt: 'none' }, `https://localhost:${sibling.port}/callback`),
    );
    const { searchParams } = new URL((await answered).url());
    assert.match(searchParams.get('code') ?? searchParams.get('error') ?? '', /^[\w-]{43}$/);
    await ada.leave();
  });

  it('is not signed out by what a page on a sibling host fetches', async () => {
    const ada = await arrive();
    await ada.page.goto(`https://localhost:${sibling.port}/`);
    await ada.page.evaluate(async (src) => {
      const picture = new Image();
      const done = new Promise((resolve) => (picture.onerror = resolve));
      picture.src = src;
      await Promise.all([done, fetch(src, { mode: 'no-cors', credentials: 'include' }).catch(() => {})]);
    }, question({}));
    assert.deepEqual(door.lines, ['GET /authorize 403', 'GET /authorize 403']);
    await ada.comesBack();
    assert.equal(await ada.sessions.refreshed(), 'Refreshed');
    await ada.person.context.close();
  });

  it('finds her account behind its doorway', async () => {
    const ada = await arrive();
    await follow(ada.page, `${door.origin}/account`);
    await ada.page.locator('#passkeys').waitFor();
    await ada.leave();
  });

  it('stays with her device when she is asked to sign in again', async () => {
    const ada = await arrive();
    const { page } = ada;
    await follow(page, question({ prompt: 'login' }));
    await page.getByLabel('Login').fill(ada.login);
    await page.getByRole('button', { name: 'Sign in as a test' }).click();
    await back(page);
    await ada.expire();
    holdfast.clock.advance(11);
    await ada.comesBack();
    await ada.leave();
  });

  it('gives her browser to another person who signs in there', async () => {
    const ada = await arrive();
    const { page } = ada;
    await follow(page, question({ prompt: 'login' }));
    const grace = unique('grace');
    await page.getByLabel('Login').fill(grace);
    await page.getByRole('button', { name: 'Sign in as a test' }).click();
    await page.getByRole('button', { name: 'Allow', exact: true }).click();
    await back(page);
    await ada.expire();
    holdfast.clock.advance(11);
    await ada.comesBack();
    const { id } = (await holdfast.storage.accounts.findByLogin(grace)) ?? assert.fail();
    const limits = { at: new Date(holdfast.clock.now()), idleSeconds: 3600, unboundSeconds: 3600 };
    assert.equal((await holdfast.storage.sessions.listOf(id, limits)).length, 1);
    await ada.leave();
  });
});
