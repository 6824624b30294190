import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import type { Browser } from 'playwright-core';
import type { DeviceId } from '../../src/binding/device.js';
import type { PushSubscriptionId } from '../../src/stepup/push-subscription.js';
import { askElsewhere } from '../support/asked-elsewhere.js';
import { AppPage, launchBrowser, Person } from '../support/browser.js';
import { FakeUpstream, someone } from '../support/fake-upstream.js';
import { type Holdfast, startHoldfast } from '../support/harness.js';
import { authorizeUrl, pkce } from '../support/login.js';
import { statesOf } from '../support/pages/every-page.js';
import { Inspection } from '../support/pages/inspection.js';
import { unique } from '../support/records.js';

describe('the pages of the account', () => {
  let holdfast: Holdfast;
  let browser: Browser;
  let app: AppPage;
  let upstream: FakeUpstream;
  const inspect = new Inspection();
  before(async () => {
    upstream = await FakeUpstream.open();
    [holdfast, browser, app] = await Promise.all([
      startHoldfast({
        upstream_providers: [upstream.entry],
        dangerously_allow_private_network_fetch: true,
        dangerously_allow_test_login: false,
      }),
      launchBrowser(),
      AppPage.open(),
    ]);
  });
  after(async () => {
    await browser.close();
    await app.close();
    await upstream.close();
    await holdfast.close();
  });

  const press = ({ page }: Person, name: string | RegExp) =>
    page.getByRole('button', { name, exact: typeof name === 'string' }).click();
  const heading = ({ page }: Person, name: string | RegExp) => page.getByRole('heading', { name }).waitFor();
  const open = ({ page }: Person, path = '') => page.goto(`${holdfast.issuer}/account${path}`);
  const code = async (address: string, kind: 'sign_up_code' | 'change_address_code') =>
    (await holdfast.mails.waitFor(address, kind)).code?.trim() ?? 'none';

  /** Signs up at the account's own door. */
  const arrive = async (email: string) => {
    const person = await Person.arrive(browser);
    const { page } = person;
    await open(person);
    await page.getByRole('link', { name: 'Create an account' }).click();
    await page.getByLabel('What should we call you?').fill('Ada Lovelace');
    if (email !== '') await page.getByLabel('E-mail').fill(email);
    await press(person, 'Continue');
    if (email !== '') {
      await page.getByLabel('Code from the mail').fill(await code(email, 'sign_up_code'));
      await press(person, 'Continue');
    }
    await press(person, 'Create a passkey');
    if (email !== '') await press(person, 'I have kept them');
    await heading(person, 'Something wrong?');
    return person;
  };

  const connectApp = async (person: Person) => {
    const { issuer } = holdfast;
    const scope = 'openid profile offline_access model:call';
    const wish = { issuer, clientId: 'cli', redirectUri: app.redirectUri, scope };
    await person.page.goto(authorizeUrl(wish, pkce().challenge));
    await press(person, 'Allow');
    await person.page.getByText('Back at the app').waitFor();
  };

  /** Notifications in a browser of hers, and a request from elsewhere that waits. */
  const furnish = async (email: string) => {
    const account = await holdfast.storage.accounts.findByEmail(email);
    assert.ok(account);
    const id = randomBytes(32).toString('base64url') as PushSubscriptionId;
    const at = new Date(holdfast.clock.now());
    const subscription = { id, accountId: account.id, sealed: '', browser: 'Safari on iOS', createdAt: at };
    await holdfast.storage.pushSubscriptions.put({ ...subscription, lastDeliveredAt: undefined }, 9);
    await holdfast.storage.pushSubscriptions.recordDelivery(id, at);
    await askElsewhere(holdfast, account.id);
    const [grant] = await holdfast.storage.grants.listOf(account.id);
    const [uid, expiresAt] = [unique('session'), Math.floor(+at / 1000) + 3600];
    const payload = { authorizations: { cli: { grantId: grant?.id } } };
    const key = { accountId: account.id, browserKey: unique('browser'), newId: unique('dev') as DeviceId };
    await holdfast.storage.devices.sightBrowser({ ...key, at, place: 'FR', browser: 'Safari on iOS' });
    await holdfast.storage.sessions.save(
      { uid, digest: randomBytes(32), accountId: account.id, expiresAt, payload },
      {
        at,
        place: 'FR',
        browser: 'Safari on iOS',
        signedInAt: at,
        accountGeneration: undefined,
        browserKey: key.browserKey,
      },
    );
  };

  it('with everything in them', async () => {
    const email = `${unique('ada')}@example.org`;
    const person = await arrive(email);
    const { page } = person;
    await inspect.of(person, 'account-new');
    await connectApp(person);
    await furnish(email);
    await open(person);
    await inspect.of(person, 'account');
    await open(person, '/devices');
    await inspect.of(person, 'account-devices');
    await page.getByRole('link', { name: /^Chrome on/ }).click();
    await inspect.of(person, 'account-device');
    await open(person);
    await open(person);
    await page.locator('#devices li').filter({ hasNotText: 'this device' }).getByRole('link').click();
    await inspect.of(person, 'account-device-elsewhere');
    await open(person, '/activity');
    await inspect.of(person, 'account-activity');
    await open(person);
    await page.getByRole('link', { name: /Change the passkey/ }).click();
    await inspect.of(person, 'account-passkey');
    await page.getByLabel('Name').fill('A passkey with a name that is as long as sixty characters ok');
    await press(person, 'Save the name');
    await page.getByText('The name is saved.').waitFor();
    await inspect.of(person, 'account-done');
    await open(person, '/passkeys/new');
    await inspect.of(person, 'account-passkey-new');
    await press(person, 'Confirm that it’s you');
    await page.getByRole('button', { name: 'Make the passkey' }).waitFor();
    await inspect.of(person, 'account-passkey-confirmed');
    await person.context.close();
  });

  it('of codes and address', async () => {
    const email = `${unique('grace')}@example.org`;
    const person = await arrive(email);
    const { page } = person;
    await open(person, '/recovery-codes');
    await inspect.of(person, 'account-codes');
    await press(person, 'Make ten new codes');
    await heading(person, /Your recovery codes/);
    await inspect.of(person, 'account-codes-made');
    await open(person, '/email');
    await inspect.of(person, 'account-email');
    const other = `${unique('grace-new')}@example.org`;
    await page.getByLabel('New address').fill(other);
    await press(person, 'Send the code');
    await heading(person, /Type the code/);
    await inspect.of(person, 'account-email-code');
    await page.getByLabel('Code').fill('000000');
    await press(person, 'Change the address');
    await page.getByText('That code is not right. Try again.').waitFor();
    await inspect.of(person, 'account-email-code-wrong');
    await person.context.close();
  });

  it('that end it', async () => {
    const person = await arrive('');
    const { page } = person;
    await open(person, '/export');
    await inspect.of(person, 'account-export');
    await open(person, '/delete');
    await inspect.of(person, 'account-delete');
    await open(person);
    await page.getByRole('button', { name: /^Cut off / }).click();
    await heading(person, /This device is cut off/);
    await inspect.of(person, 'account-cut-off');
    await page.getByRole('link', { name: 'Sign in again' }).click();
    await press(person, 'Sign in with a passkey');
    await heading(person, 'Something wrong?');
    await press(person, 'Wasn’t me: lock everything');
    await heading(person, /Everything is locked/);
    await inspect.of(person, 'account-locked');
    await page.getByRole('link', { name: 'Sign in' }).click();
    await press(person, 'Sign in with a passkey');
    await heading(person, 'Something wrong?');
    await open(person, '/delete');
    await press(person, 'Delete my account for good');
    await heading(person, /Your account is deleted/);
    await inspect.of(person, 'account-deleted');
    await person.context.close();
  });

  it('for who comes by an identity elsewhere, without a passkey', async () => {
    const person = await Person.arrive(browser);
    const { page, context } = person;
    // An answer without content leaves the browser where it is.
    await context.route(`${upstream.issuer}/**`, (route) => route.fulfill({ status: 204 }));
    await open(person);
    // The page leaves by itself; until that has come to nothing, it would abort whatever comes next.
    const left = page.waitForResponse((response) => response.url().startsWith(upstream.issuer));
    await press(person, 'Continue with Acme');
    await left;
    const question = await page.getByRole('link', { name: 'Go on to Acme' }).getAttribute('href');
    await page.goto(upstream.answer(question ?? '', someone(unique('edith'))));
    await press(person, 'Create my account');
    await heading(person, 'Something wrong?');
    await inspect.of(person, 'account-without-passkey');
    await page.getByRole('link', { name: 'Disconnect Acme' }).click();
    await inspect.of(person, 'account-identity');
    await open(person, '/passkeys/new');
    await inspect.of(person, 'account-passkey-first');
    await press(person, 'Make the passkey');
    await page.getByText('The new passkey is there.').waitFor();
    await inspect.of(person, 'account-passkey-held');
    await open(person, '/export');
    await inspect.of(person, 'account-export-held');
    await context.close();
  });

  it('for who comes from another site', async () => {
    const person = await Person.arrive(browser);
    const { page, context } = person;
    await page.goto(app.origin);
    // It would go on by itself.
    let visits = 0;
    await context.route(`${holdfast.issuer}/account`, (route) => {
      visits += 1;
      return visits === 1 ? route.continue() : route.fulfill({ status: 204 });
    });
    await page.evaluate(`location.href = '${holdfast.issuer}/account'`);
    await heading(person, /Your account is one step away/);
    await inspect.of(person, 'account-doorway');
    await context.close();
  });

  after(() => assert.deepEqual([...inspect.seen].toSorted(), statesOf('account').toSorted()));
});
