import assert from 'node:assert/strict';
import { createServer, get, type Server } from 'node:https';
import type { RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import type { Browser, Page } from 'playwright-core';
import { createOwnCookieApp } from '../../examples/dbsc/own-cookie.js';
import { createDeviceSessions } from '../../src/dbsc/index.js';
import { boundApp } from '../support/bound-app.js';
import { binding, DeviceSessions } from '../support/bound-browser.js';
import { launchBrowser, Person } from '../support/browser.js';
import { trustsOurCertificate } from '../support/front-door.js';
import { localhostCertificate } from '../support/localhost-certificate.js';
import { manualClock, type ManualClock } from '../support/manual-clock.js';

/** An app that browsers reach by https, under a name of its own: each has the quota of its own site. */
class SecureApp {
  listener: RequestListener = () => {};
  readonly #server: Server;
  readonly #host: string;

  private constructor(host: string) {
    this.#host = host;
    this.#server = createServer(localhostCertificate, (request, response) =>
      this.listener(request, response),
    );
  }

  static async open(host: string): Promise<SecureApp> {
    const app = new SecureApp(host);
    await new Promise<void>((resolve) => app.#server.listen(0, '127.0.0.1', resolve));
    return app;
  }

  get origin(): string {
    return `https://${this.#host}:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

const everyName = '--host-resolver-rules=MAP *.test 127.0.0.1';
const boundCookie = '__Host-bound';
const says = (text: string) => `Ada’s session is ${text}.`;

describe('an app that binds the cookie that it has, in a browser', () => {
  let browser: Browser;
  let app: SecureApp;
  let clock: ManualClock;
  before(async () => {
    browser = await launchBrowser([...binding, everyName]);
  });
  after(() => browser.close());
  beforeEach(async () => {
    app = await SecureApp.open('app.test');
    clock = manualClock();
    const options = { origin: app.origin, key: Buffer.alloc(32, 1), exclude: ['/login'], clock };
    const koa = createOwnCookieApp(createDeviceSessions(options)).callback();
    app.listener = (request, response) => void koa(request, response);
  });
  afterEach(() => app.close());

  const signIn = async ({ page }: Person): Promise<void> => {
    await page.goto(app.origin);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('Ada’s session').waitFor();
  };

  /** Signed in, registered, and past the first page. */
  async function arrive() {
    const person = await Person.arrive(browser);
    const sessions = await DeviceSessions.watch(person);
    await signIn(person);
    const id = await sessions.registered();
    // Past the moment in which requests may come without the cookie.
    clock.advance(11);
    return { person, page: person.page, sessions, id };
  }

  it('binds it, and has it renewed before the request that finds its cookie over', async () => {
    const { page, sessions, person } = await arrive();
    await page.reload();
    await page.getByText(says('bound')).waitFor();
    await sessions.lose(app.origin, boundCookie);
    await page.reload();
    await page.getByText(says('bound')).waitFor();
    assert.equal(await sessions.refreshed(), 'Refreshed');
    await person.context.close();
  });

  it('lets her in who follows a link on another site', async () => {
    const elsewhere = await SecureApp.open('elsewhere.test');
    elsewhere.listener = (_, response) => response.end(`<a href="${app.origin}/?from=there">there</a>`);
    const { page, sessions, person } = await arrive();
    await page.goto(elsewhere.origin);
    await sessions.lose(app.origin, boundCookie);
    await page.getByRole('link').click();
    await page.getByText(says('bound')).waitFor();
    assert.equal(page.url(), `${app.origin}/?from=there`);
    assert.equal(await sessions.refreshed(), 'Refreshed');
    await person.context.close();
    await elsewhere.close();
  });

  it('forgets it at sign-out, and holds the next sign-in by another', async () => {
    const { page, sessions, person, id } = await arrive();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByText('Nobody is signed in.').waitFor();
    assert.equal(await sessions.ended(), 'ServerRequested');
    await signIn(person);
    assert.notEqual(await sessions.registered(), id);
    await page.reload();
    await page.getByText(says('bound')).waitFor();
    await person.context.close();
  });

  it('is not confused by a second sign-in without a sign-out', async () => {
    const { page, sessions, person, id } = await arrive();
    await signIn(person);
    const second = await sessions.registered();
    assert.notEqual(second, id);
    clock.advance(11);
    // Whichever of the two the browser refreshes first.
    for (let turn = 0; turn < 3; turn += 1) {
      await sessions.lose(app.origin, boundCookie);
      await page.reload();
      await page.getByText(says('bound')).waitFor();
    }
    await person.context.close();
  });

  it('takes nothing from a browser that can’t', async () => {
    const plain = await launchBrowser([trustsOurCertificate, everyName]);
    const person = await Person.arrive(plain);
    await signIn(person);
    await person.page.reload();
    await person.page.getByText(says('unbound')).waitFor();
    await person.page.getByRole('button', { name: 'Sign out' }).click();
    await person.page.getByText('Nobody is signed in.').waitFor();
    await plain.close();
  });

  describe('of the fetch kind', () => {
    beforeEach(() => {
      const fetchApp = boundApp({ origin: app.origin });
      clock = fetchApp.clock;
      const listener = getRequestListener(fetchApp.server);
      app.listener = (request, response) => void listener(request, response);
    });

    const ask = (page: Page, target: string, method = 'GET') =>
      page.evaluate(
        async (init) => {
          const answer = await fetch(init.target, { method: init.method });
          return `${answer.status} ${await answer.text()}`;
        },
        { target, method },
      );

    async function signInByScript() {
      const person = await Person.arrive(browser);
      const sessions = await DeviceSessions.watch(person);
      await person.page.goto(`${app.origin}/static`);
      await ask(person.page, '/login', 'POST');
      await sessions.registered();
      return { person, page: person.page, sessions };
    }

    it('has ten requests at once wait for one refresh', async () => {
      const { page, sessions, person } = await signInByScript();
      clock.advance(601);
      await sessions.lose(app.origin, boundCookie);
      const answers = await Promise.all(Array.from({ length: 10 }, (_, index) => ask(page, `/?${index}`)));
      assert.deepEqual([...new Set(answers)], ['200 bound']);
      assert.equal(await sessions.refreshed(), 'Refreshed');
      const refreshes = sessions.told.filter((event) => event.refreshEventDetails);
      assert.equal(refreshes.length, 1);
      await person.context.close();
    });

    it('has the device prove itself before a payment, and then pays', async () => {
      const { page, sessions, person } = await signInByScript();
      assert.equal(await ask(page, '/pay', 'POST'), '200 paid');
      clock.advance(121);
      assert.equal(await ask(page, '/pay', 'POST'), '200 paid');
      assert.equal(await sessions.refreshed(), 'Refreshed');
      await person.context.close();
    });

    it('is worth nothing to whoever copies the cookies, once the bound one is over', async () => {
      const { page, sessions, person } = await signInByScript();
      const cookie = (await person.context.cookies()).map(({ name, value }) => `${name}=${value}`).join('; ');
      const thief = () => askAsIs(`${app.origin}/`, cookie);
      assert.equal(await thief(), 200);
      clock.advance(600);
      assert.equal(await thief(), 401);
      await sessions.lose(app.origin, boundCookie);
      assert.equal(await ask(page, '/'), '200 bound');
      assert.equal(await thief(), 401);
      await person.context.close();
    });
  });
});

/** Another client than a browser; the status. */
function askAsIs(url: string, cookie: string): Promise<number | undefined> {
  const { port, hostname: servername } = new URL(url);
  const options = { host: '127.0.0.1', port, servername, rejectUnauthorized: false, headers: { cookie } };
  return new Promise((resolve, reject) => {
    const sent = get(options, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    });
    sent.on('error', reject);
  });
}
