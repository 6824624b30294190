import assert from 'node:assert/strict';
import type { Browser, CDPSession } from 'playwright-core';
import { launchBrowser, Person } from '../support/browser.js';
import { FakePushService } from '../support/fake-push-service.js';
import { type Holdfast, startHoldfast } from '../support/harness.js';
import { unique } from '../support/records.js';

/*
 * The browser of these tests reaches no push service, so that `subscribe` is answered by the test; the worker is real,
 * and what a push service would deliver is handed to it by the devtools.
 */
describe('notifications in a browser', () => {
  let holdfast: Holdfast;
  let browser: Browser;
  let service: FakePushService;
  before(async () => {
    [holdfast, browser, service] = await Promise.all([
      startHoldfast({ dangerously_allow_private_network_fetch: true }),
      launchBrowser(),
      FakePushService.open(),
    ]);
  });
  after(async () => {
    await browser.close();
    await holdfast.close();
    await service.close();
  });

  async function arrive(granted: boolean) {
    const person = await Person.arrive(browser);
    const { page, context } = person;
    await context.grantPermissions(granted ? ['notifications'] : [], { origin: holdfast.issuer });
    const target = service.subscribe();
    await context.addInitScript(stubbed(JSON.stringify(target)));
    await page.goto(`${holdfast.issuer}/account`);
    const login = unique('ada');
    await page.getByLabel('Login').fill(login);
    await page.getByRole('button', { name: 'Sign in as a test' }).click();
    await page.getByRole('heading', { name: 'Notifications' }).waitFor();
    return { person, page, target, login };
  }

  it('are turned on, seen to be on, and turned off', async () => {
    const { person, page, login } = await arrive(true);
    await page.getByRole('button', { name: 'Turn on in this browser' }).click();
    await page.getByText('You get notifications in this browser.').waitFor();
    assert.equal(await page.getByRole('button', { name: 'On in this browser' }).isDisabled(), true);
    const account = await holdfast.storage.accounts.findByLogin(login);
    assert.ok(account);
    const [kept] = await holdfast.storage.pushSubscriptions.listOf(account.id);
    assert.match(kept?.browser ?? '', /^Chrom/);
    const asked = await page.evaluate('JSON.parse(sessionStorage.subscribed)');
    const key = await page.locator('form[data-push-on]').getAttribute('data-push-on');
    assert.deepEqual(asked, { userVisibleOnly: true, key });
    await page.getByRole('button', { name: /^Turn off notifications in/ }).click();
    await page.getByText('That browser gets no more notifications.').waitFor();
    assert.deepEqual(await holdfast.storage.pushSubscriptions.listOf(account.id), []);
    assert.equal(await page.evaluate('sessionStorage.subscribed'), undefined);
    person.assertNoComplaint();
    await person.context.close();
  });

  it('that the browser forbids are not turned on, and the page says why', async () => {
    const { person, page } = await arrive(false);
    await page.getByRole('button', { name: 'Turn on in this browser' }).click();
    await page.getByText('Your browser doesn’t allow notifications from us.', { exact: false }).waitFor();
    await person.context.close();
  });

  it('are shown by the worker, and lead to our own pages alone', async () => {
    const { person, page } = await arrive(true);
    await page.getByRole('button', { name: 'Turn on in this browser' }).click();
    await page.getByText('You get notifications in this browser.').waitFor();
    const devtools = await person.context.newCDPSession(page);
    const message = { title: 'research-agent asks for you', body: 'Open it.', path: '/approve/x', tag: 't' };
    await deliver(devtools, holdfast.issuer, JSON.stringify(message));
    const shown = await page.evaluate(`(async () => {
      const registration = await navigator.serviceWorker.ready;
      for (;;) {
        const [first] = await registration.getNotifications();
        if (first) return { title: first.title, body: first.body, tag: first.tag, data: first.data };
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    })()`);
    assert.deepEqual(shown, { title: message.title, body: message.body, tag: 't', data: '/approve/x' });
    const [worker] = person.context.serviceWorkers();
    const opened = await worker?.evaluate(`(async () => {
      const opened = [];
      clients.openWindow = async (address) => void opened.push(address);
      for (const path of ['/approve/x', 'https://elsewhere.test/', '//elsewhere.test/']) {
        await registration.showNotification('x', { data: path, tag: path });
        const notification = (await registration.getNotifications({ tag: path }))[0];
        dispatchEvent(new NotificationEvent('notificationclick', { notification }));
      }
      return opened;
    })()`);
    assert.deepEqual(opened, [`${holdfast.issuer}/approve/x`]);
    person.assertNoComplaint();
    await person.context.close();
  });
});

/** Takes the place of the push service: `subscribe` gives what the test made. */
function stubbed(target: string): string {
  return `
    const subscription = {
      ...${target},
      toJSON: () => (${target}),
      unsubscribe: async () => { sessionStorage.removeItem('subscribed'); return true; },
    };
    if (globalThis.PushManager) {
      PushManager.prototype.getSubscription = async () => (sessionStorage.subscribed ? subscription : null);
      PushManager.prototype.subscribe = async ({ userVisibleOnly, applicationServerKey }) => {
        const key = btoa(String.fromCharCode(...applicationServerKey));
        const url = key.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
        sessionStorage.subscribed = JSON.stringify({ userVisibleOnly, key: url });
        return subscription;
      };
    }`;
}

async function deliver(devtools: CDPSession, origin: string, data: string): Promise<void> {
  const registrationId = new Promise<string>((resolve) => {
    devtools.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
      const own = registrations.find(({ scopeURL }) => scopeURL.startsWith(origin));
      if (own) resolve(own.registrationId);
    });
  });
  await devtools.send('ServiceWorker.enable');
  await devtools.send('ServiceWorker.deliverPushMessage', {
    origin,
    registrationId: await registrationId,
    data,
  });
}
