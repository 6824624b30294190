import assert from 'node:assert/strict';
import type { Browser } from 'playwright-core';
import type { AccountId } from '../../src/accounts/account.js';
import { noHold } from '../support/account-visitor.js';
import { askElsewhere, type AskedElsewhere } from '../support/asked-elsewhere.js';
import { launchBrowser, Person } from '../support/browser.js';
import { type Holdfast, startHoldfast } from '../support/harness.js';
import { statesOf } from '../support/pages/every-page.js';
import { Inspection } from '../support/pages/inspection.js';
import { unique } from '../support/records.js';

/* A person with a phone, who answers what was asked on another screen. */
describe('the page of a request from elsewhere', function () {
  this.timeout(120_000);
  let holdfast: Holdfast;
  let browser: Browser;
  const inspect = new Inspection();
  before(async () => {
    [holdfast, browser] = await Promise.all([startHoldfast(noHold), launchBrowser()]);
  });
  afterEach(() => holdfast.clock.reset());
  after(async () => {
    await browser.close();
    await holdfast.close();
  });

  const open = ({ page }: Person, { path }: Pick<AskedElsewhere, 'path'>) =>
    page.goto(holdfast.issuer + path);
  const press = ({ page }: Person, name: string | RegExp) => page.getByRole('button', { name }).click();
  const heading = ({ page }: Person, name: string | RegExp) => page.getByRole('heading', { name }).waitFor();
  const type = ({ page }: Person, number: string) =>
    page.getByLabel('Type the two-digit number').fill(number);
  const approve = async (person: Person, number: string) => {
    await type(person, number);
    await press(person, 'Approve with passkey');
  };

  /** Signed in at her account, with a passkey. */
  async function arrive(passkey = true): Promise<{ person: Person; id: AccountId }> {
    const person = await Person.arrive(browser);
    const { page } = person;
    const login = unique('ada');
    await page.goto(`${holdfast.issuer}/account`);
    await page.getByLabel('Login').fill(login);
    await press(person, 'Sign in as a test');
    await heading(person, 'Something wrong?');
    const account = await holdfast.storage.accounts.findByLogin(login);
    assert.ok(account);
    await holdfast.storage.accounts.setEmail(account.id, `${login}@example.com`);
    if (passkey) {
      await page.getByRole('link', { name: 'Add a passkey' }).click();
      await press(person, 'Make the passkey');
      await page.getByText('The new passkey is there.').waitFor();
    }
    return { person, id: account.id };
  }

  /** Her session is gone, her passkey is not. */
  const signOut = async ({ context }: Person) => context.clearCookies();
  const done = async (person: Person) => {
    person.assertNoComplaint();
    await person.context.close();
  };

  it('takes number and passkey of whoever is signed in', async () => {
    const { person, id } = await arrive();
    await open(person, await askElsewhere(holdfast, id));
    await inspect.of(person, 'approve-signed-in');
    await approve(person, '47');
    await heading(person, 'Approved. You can close this page.');
    await inspect.of(person, 'approve-done');
    await done(person);
  });

  it('takes them of whoever is signed out, from the list of her account as well', async () => {
    const { person, id } = await arrive();
    await askElsewhere(holdfast, id);
    await person.page.goto(`${holdfast.issuer}/account`);
    await person.page.getByRole('link', { name: 'Look at what Research agent asks' }).click();
    await heading(person, 'Up to $2.00');
    await signOut(person);
    const asked = await askElsewhere(holdfast, id);
    await open(person, asked);
    await inspect.of(person, 'approve');
    await approve(person, '47');
    await person.page.getByText('You’re signed in here, too.').waitFor();
    await inspect.of(person, 'approve-done-signed-in');
    await person.page.getByRole('link', { name: 'Go to your account' }).click();
    await heading(person, 'Something wrong?');
    await open(person, asked);
    await heading(person, 'This was answered before. It was approved.');
    await inspect.of(person, 'approve-answered');
    await signOut(person);
    await open(person, await askElsewhere(holdfast, id, { modelCall: undefined, scope: 'openid email' }));
    await heading(person, 'Sign in on another device');
    await inspect.of(person, 'approve-sign-in');
    await done(person);
  });

  it('tells how many tries are left, and ends at the third wrong number', async () => {
    const { person, id } = await arrive();
    await open(person, await askElsewhere(holdfast, id));
    await approve(person, '48');
    await person.page.getByText('That is another number. 2 tries are left.').waitFor();
    await inspect.of(person, 'approve-wrong');
    await approve(person, '49');
    await person.page.getByText('That is another number. One try is left.').waitFor();
    await approve(person, '50');
    await heading(person, 'That was the third wrong number. Nothing was spent.');
    await inspect.of(person, 'approve-wrong-numbers');
    await done(person);
  });

  it('can be denied, and stopped as nobody’s wish, without the number', async () => {
    const { person, id } = await arrive();
    await open(person, await askElsewhere(holdfast, id));
    await press(person, 'Deny');
    await heading(person, 'Denied. Nothing was spent.');
    await inspect.of(person, 'approve-denied');
    await open(person, await askElsewhere(holdfast, id));
    await press(person, 'I didn’t ask for this');
    await heading(person, 'We stopped it. Nothing was spent.');
    await inspect.of(person, 'approve-not-me');
    await signOut(person);
    await open(person, await askElsewhere(holdfast, id));
    await press(person, 'I didn’t ask for this');
    await heading(person, 'We stopped it. Nothing was spent.');
    await inspect.of(person, 'approve-stopped');
    await done(person);
  });

  it('says whose it is not, that a passkey is not the right one, and when none was used', async () => {
    const { id } = await arrive();
    const { person } = await arrive();
    const asked = await askElsewhere(holdfast, id);
    await open(person, asked);
    await person.page.getByText('isn’t for the account you’re signed in to', { exact: false }).waitFor();
    await inspect.of(person, 'approve-not-yours');
    await approve(person, '47');
    await person.page.getByText('That passkey did not work.').waitFor();
    await inspect.of(person, 'approve-refused');
    await person.verifies(false);
    await approve(person, '47');
    await person.page.getByText('No passkey was used. You can try again.').waitFor();
    await done(person);
  });

  it('says why she can’t approve', async () => {
    const { person, id } = await arrive();
    const until = new Date(holdfast.clock.now() + 86_400_000);
    await holdfast.storage.accounts.holdPaidTiers(id, until);
    await open(person, await askElsewhere(holdfast, id));
    await inspect.of(person, 'approve-held');
    await press(person, 'Deny');
    await heading(person, 'Denied. Nothing was spent.');
    await done(person);
  });

  it('says when it is over, and when a passkey is not what the app wants', async () => {
    const { person, id } = await arrive();
    await open(person, await askElsewhere(holdfast, id, { acr: 'urn:holdfast:acr:phrh' }));
    await approve(person, '47');
    await heading(person, 'That passkey is not strong enough. Nothing was spent.');
    await inspect.of(person, 'approve-too-weak');
    const asked = await askElsewhere(holdfast, id, { expiresAt: new Date(holdfast.clock.now()) });
    await open(person, asked);
    await heading(person, 'This request is over. Nothing was spent.');
    await inspect.of(person, 'approve-expired');
    await done(person);
  });

  it('says what is missing where scripts are off, and can be denied there', async () => {
    const { id } = await arrive(false);
    const person = await Person.arrive(browser, { script: false });
    const asked = await askElsewhere(holdfast, id);
    await open(person, asked);
    await person.page.locator('noscript p').waitFor();
    await inspect.withoutScript(person, 'approve-no-script');
    assert.equal(await person.page.getByRole('button', { name: 'Approve with passkey' }).isVisible(), false);
    await press(person, 'Deny');
    await heading(person, 'Denied. Nothing was spent.');
    await done(person);
  });

  after(() => assert.deepEqual([...inspect.seen].toSorted(), statesOf('approve').toSorted()));
});
