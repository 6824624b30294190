import assert from 'node:assert/strict';
import type { Browser } from 'playwright-core';
import type { AccountId } from '../../src/accounts/account.js';
import { askElsewhere } from '../support/asked-elsewhere.js';
import { startBehind } from '../support/behind-the-door.js';
import { binding, DeviceSessions } from '../support/bound-browser.js';
import { boundCookie, BoundPerson, comesBack, signedIn } from '../support/bound-walk.js';
import { launchBrowser, Person } from '../support/browser.js';
import { FrontDoor } from '../support/front-door.js';
import type { Holdfast } from '../support/harness.js';

describe('a change that matters, in a browser that holds the session', () => {
  let door: FrontDoor;
  let holdfast: Holdfast;
  let browser: Browser;
  before(async () => {
    [door, browser] = await Promise.all([FrontDoor.open(), launchBrowser(binding)]);
    holdfast = await startBehind(door, { accounts: { new_passkey_hold: 0, email_at_sign_up: 'optional' } });
  });
  beforeEach(() => {
    door.inPlace.clear();
    door.meanwhile.clear();
  });
  afterEach(() => holdfast.clock.reset());
  after(async () => {
    await browser.close();
    await holdfast.close();
    await door.close();
  });

  const press = ({ page }: BoundPerson, name: string) =>
    page.getByRole('button', { name, exact: true }).click();
  const posts = () => door.lines.filter((line) => line.startsWith('POST '));

  /** At a page of her account, and longer since her device last proved itself than such a change takes. */
  async function arriveAt(page: string): Promise<BoundPerson> {
    const ada = await BoundPerson.signUp(await Person.arrive(browser), door.origin);
    await ada.page.goto(`${door.origin}/account${page}`);
    holdfast.clock.advance(121);
    door.forget();
    return ada;
  }

  it('has the device prove itself first, and is then asked of her passkey and made', async () => {
    const ada = await arriveAt('/recovery-codes');
    await press(ada, 'Make ten new codes');
    await ada.page.getByRole('heading', { name: /^Your recovery codes/ }).waitFor();
    assert.deepEqual(posts(), [
      'POST /account/confirm/options 307',
      'POST /dbsc/refresh 200',
      'POST /account/confirm/options 200',
      'POST /account/recovery-codes 200',
    ]);
    await ada.leave();
  });

  it('that takes long has the device prove itself again, and loses nothing of the form', async () => {
    const ada = await arriveAt('/email');
    await ada.page.getByLabel('New address').fill('ada.new@example.com');
    door.meanwhile.set('POST /account/confirm/options 200', () => holdfast.clock.advance(121));
    await press(ada, 'Send the code');
    await ada.page.getByRole('heading', { name: /^Type the code/ }).waitFor();
    assert.deepEqual(posts().slice(-3), [
      'POST /account/email 307',
      'POST /dbsc/refresh 200',
      'POST /account/email 303',
    ]);
    const mail = await holdfast.mails.waitFor('ada.new@example.com', 'change_address_code');
    assert.ok(mail.code);
    await ada.leave();
  });

  it('has the device prove itself before a passkey is added', async () => {
    const ada = await arriveAt('/passkeys/new');
    await ada.person.plugInSecurityKey();
    await press(ada, 'Confirm that it’s you');
    await ada.page.getByText('Confirmed. Now make the new passkey.').waitFor();
    await press(ada, 'Make the passkey');
    await ada.page.getByText('The new passkey is there.').waitFor();
    assert.deepEqual(posts().slice(0, 2), ['POST /account/confirm/options 307', 'POST /dbsc/refresh 200']);
    await ada.leave();
  });

  it('has the device prove itself before an approval', async () => {
    const ada = await arriveAt('');
    const all = await holdfast.storage.accounts.list({ limit: 10_000 });
    const newest = all.toSorted((one, other) => other.createdAt.getTime() - one.createdAt.getTime())[0];
    const { path } = await askElsewhere(holdfast, newest?.id as AccountId);
    await ada.page.goto(door.origin + path);
    await ada.page.getByLabel('Type the two-digit number').fill('47');
    await press(ada, 'Approve with passkey');
    await ada.page.getByRole('heading', { name: 'Approved. You can close this page.' }).waitFor();
    assert.deepEqual(
      posts().filter((line) => / 307$|refresh/.test(line)),
      [`POST ${path}/options 307`, 'POST /dbsc/refresh 200'],
    );
    await ada.leave();
  });

  it('brings a key to a session whose registration had failed at the login', async () => {
    door.inPlace.set('/dbsc/register', (response) => void response.writeHead(500).end());
    const person = await Person.arrive(browser);
    const sessions = await DeviceSessions.watch(person);
    const { page } = person;
    await page.goto(`${door.origin}/account`);
    await person.signUp('Ada');
    await signedIn(page, door.origin);
    assert.equal((await sessions.next('creation')).creationEventDetails?.fetchResult, 'TransientHttpError');
    door.inPlace.clear();
    await page.goto(`${door.origin}/account/recovery-codes`);
    await page.getByRole('button', { name: 'Make ten new codes' }).click();
    await sessions.registered();
    // Else the form that is sent after the proof would cut off what comes next.
    await page.getByRole('heading', { name: /^Your recovery codes/ }).waitFor();
    for (const seconds of [3500, 200]) {
      holdfast.clock.advance(seconds);
      await sessions.lose(door.origin, boundCookie);
      await comesBack(page, door.origin);
    }
    await person.context.close();
  });

  it('is put off where the proof can’t be had just now, and made a moment later', async () => {
    const ada = await arriveAt('/recovery-codes');
    door.inPlace.set('/dbsc/refresh', (response) => void response.writeHead(500).end());
    await press(ada, 'Make ten new codes');
    await ada.page.getByText('Try again in a few minutes.').waitFor();
    assert.equal(await ada.sessions.cookie(boundCookie), undefined);
    door.inPlace.clear();
    await press(ada, 'Make ten new codes');
    await ada.page.getByRole('heading', { name: /^Your recovery codes/ }).waitFor();
    await ada.person.context.close();
  });
});
