import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { startBehind } from '../support/behind-the-door.js';
import { binding, notBinding } from '../support/bound-browser.js';
import { comesBack, fetchAtOnce, isStranger, signedIn, signInAt } from '../support/bound-walk.js';
import { AppPage, launchBrowser, openProfile, Person } from '../support/browser.js';
import { testClients } from '../support/clients.js';
import { FrontDoor } from '../support/front-door.js';
import type { Holdfast } from '../support/harness.js';
import { authorizeUrl, pkce } from '../support/login.js';

const hour = 3600;
const ways = [
  ['in a browser that can’t bind it', 'https', notBinding],
  ['over plain http, in a browser that could', 'http', binding],
] as const;

/* Safari, Firefox, http://localhost: a shorter session, and nothing else. */
for (const [where, scheme, flags] of ways) {
  describe(`a session that no device holds, ${where}`, () => {
    let door: FrontDoor;
    let holdfast: Holdfast;
    let browser: Browser;
    let app: AppPage;
    const start = () => {
      const site = {
        client_id: 'site',
        client_name: 'Tidewater Notebook',
        token_endpoint_auth_method: 'none',
        redirect_uris: [app.redirectUri],
        grant_types: ['authorization_code', 'refresh_token'],
        response_types: ['code'],
      };
      const accounts = { new_passkey_hold: 0, email_at_sign_up: 'optional' } as const;
      return startBehind(door, { accounts, clients: [...testClients, site] });
    };
    before(async () => {
      [door, browser, app] = await Promise.all([
        FrontDoor.open(scheme),
        launchBrowser(flags),
        AppPage.open(),
      ]);
      holdfast = await start();
    });
    beforeEach(() => {
      door.forget();
      app.arrivals.length = 0;
    });
    afterEach(() => {
      holdfast.clock.reset();
      // Nothing was tried that could not work.
      assert.deepEqual(
        door.lines.filter((line) => line.includes('/dbsc/')),
        [],
      );
    });
    after(async () => {
      await browser.close();
      await app.close();
      await holdfast.close();
      await door.close();
    });

    const leave = async (person: Person) => {
      person.assertNoComplaint();
      await person.context.close();
    };
    const press = ({ page }: Person, name: string) => page.getByRole('button', { name, exact: true }).click();

    /** By her passkey: as strong as a login is. */
    async function arrive(): Promise<Person> {
      const ada = await Person.arrive(browser);
      await ada.page.goto(`${door.origin}/account`);
      await ada.signUp('Ada');
      await signedIn(ada.page, door.origin);
      return ada;
    }

    /** The app asks from its own page; its answer is a code or an error. */
    async function ask(page: Page, prompt: string, post = false): Promise<void> {
      const { redirectUri } = app;
      const wish = { issuer: door.origin, clientId: 'site', redirectUri, parameters: { prompt } };
      await page.goto(`${app.origin}/`);
      const { origin, pathname, searchParams } = new URL(authorizeUrl(wish, pkce().challenge));
      await page.evaluate(
        ({ action, fields, method }) => {
          const form = Object.assign(document.createElement('form'), { method, action });
          for (const [name = '', value = ''] of fields) {
            form.append(Object.assign(document.createElement('input'), { name, value }));
          }
          document.body.append(form);
          form.submit();
        },
        { action: origin + pathname, fields: [...searchParams], method: post ? 'post' : 'get' },
      );
    }

    async function answerTo(page: Page, prompt: string, post = false): Promise<string | null> {
      await ask(page, prompt, post);
      await page.getByText('Back at the app').waitFor();
      return app.response.get('error') ?? app.response.get('code');
    }

    it('is there in two tabs, for ten requests at once, and after the server has started anew', async () => {
      const ada = await arrive();
      const other = await ada.context.newPage();
      await Promise.all([comesBack(ada.page, door.origin), comesBack(other, door.origin)]);
      assert.deepEqual(await fetchAtOnce(ada.page, 10), Array(10).fill('200 /account'));
      await holdfast.close();
      holdfast = await start();
      await comesBack(ada.page, door.origin);
      await leave(ada);
    });

    it('outlives the browser', async () => {
      const profile = mkdtempSync(path.join(tmpdir(), 'holdfast-profile-'));
      try {
        const first = await Person.in(await openProfile(profile, flags));
        await signInAt(first.page, door.origin);
        await leave(first);
        const again = await Person.in(await openProfile(profile, flags));
        await comesBack(again.page, door.origin);
        await leave(again);
      } finally {
        rmSync(profile, { recursive: true, force: true });
      }
    });

    it('is known to apps for an hour, and then one passkey is all that they wait for', async () => {
      const ada = await arrive();
      const { page } = ada;
      await ask(page, 'consent');
      await press(ada, 'Allow');
      await page.getByText('Back at the app').waitFor();
      holdfast.clock.advance(hour - 60);
      assert.match((await answerTo(page, 'none')) ?? '', /^[\w-]{43}$/);
      assert.match((await answerTo(page, 'none', true)) ?? '', /^[\w-]{43}$/);
      holdfast.clock.advance(120);
      assert.equal(await answerTo(page, 'none'), 'login_required');
      await ask(page, 'consent');
      await press(ada, 'Sign in with a passkey');
      await press(ada, 'Allow');
      await page.getByText('Back at the app').waitFor();
      assert.match((await answerTo(page, 'none')) ?? '', /^[\w-]{43}$/);
      await comesBack(page, door.origin);
      await leave(ada);
    });

    it('asks a passkey for each change that matters, however fresh the login is', async () => {
      const ada = await arrive();
      const { page } = ada;
      for (const times of [1, 2]) {
        await page.goto(`${door.origin}/account/recovery-codes`);
        await press(ada, 'Make ten new codes');
        await page.getByRole('heading', { name: /^Your recovery codes/ }).waitFor();
        const asked = door.lines.filter((line) => line === 'POST /account/confirm/options 200');
        assert.equal(asked.length, times);
      }
      await page.goto(`${door.origin}/account/recovery-codes`);
      await ada.verifies(false);
      await press(ada, 'Make ten new codes');
      await page.getByText('No passkey was used.').first().waitFor();
      assert.equal(door.lines.filter((line) => line.startsWith('POST /account/recovery-codes')).length, 2);
      await leave(ada);
    });

    it('is over with the sign-out, and somebody else may come', async () => {
      const ada = await arrive();
      const cookie = (await ada.context.cookies()).map(({ name, value }) => `${name}=${value}`).join('; ');
      await ada.page.goto(`${door.origin}/logout`);
      await press(ada, 'Sign out');
      await ada.page.getByText('You are signed out.').first().waitFor();
      assert.equal(await door.statusOf('/account', { cookie }), 303);
      // Her notifications and what else the browser keeps for us stay.
      assert.ok(!door.passages.some(({ response }) => 'clear-site-data' in response));
      await isStranger(ada.page, door.origin);
      await signInAt(ada.page, door.origin);
      await leave(ada);
    });
  });
}
