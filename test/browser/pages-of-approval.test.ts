import assert from 'node:assert/strict';
import type { Browser } from 'playwright-core';
import type { AccountId } from '../../src/accounts/account.js';
import { launchBrowser, Person } from '../support/browser.js';
import { frontier, push } from '../support/approver.js';
import { Device } from '../support/device.js';
import { type Holdfast, startHoldfast } from '../support/harness.js';
import { statesOf } from '../support/pages/every-page.js';
import { Inspection } from '../support/pages/inspection.js';

describe('the page of an approval', function () {
  this.timeout(120_000);
  let holdfast: Holdfast;
  let browser: Browser;
  let device: Device;
  const inspect = new Inspection();
  before(async () => {
    [holdfast, browser] = await Promise.all([startHoldfast(), launchBrowser()]);
    device = await Device.create(holdfast.clock);
  });
  afterEach(() => holdfast.clock.reset());
  after(async () => {
    await browser.close();
    await holdfast.close();
  });

  /** The page that a client's pushed request leads to. */
  const ask = async ({ page }: Person, detail: object = {}, more: Record<string, string> = {}) => {
    const details = [{ ...frontier, purpose: 'Compare 40 papers on kelp forests', ...detail }];
    const { answer, url } = await push({ issuer: holdfast.issuer, device, details, more });
    assert.equal(answer.status, 201, JSON.stringify(answer.body));
    await page.goto(url);
  };
  const heading = ({ page }: Person) => page.getByRole('heading', { name: /on Frontier/ }).waitFor();
  const approve = ({ page }: Person) => page.getByRole('button', { name: 'Approve with passkey' });

  /** Signed up, and as far as the page. */
  const arrive = async () => {
    const person = await Person.arrive(browser);
    await ask(person);
    await person.signUp('Ada');
    await heading(person);
    return person;
  };

  /** Whose page it is; the interaction itself does not say. */
  const newestAccount = async (): Promise<AccountId> => {
    const all = await holdfast.storage.accounts.list({ limit: 10_000 });
    const newest = all.toSorted((one, other) => other.createdAt.getTime() - one.createdAt.getTime())[0];
    assert.ok(newest);
    return newest.id;
  };

  it('says who asks for how much, and takes one passkey', async () => {
    const person = await arrive();
    const { page } = person;
    assert.equal(await page.getByRole('heading', { level: 1 }).innerText(), 'Up to $2.00\non Frontier');
    await inspect.of(person, 'approval');
    await ask(person, {}, { ui_locales: 'zh-TW' });
    await inspect.of(person, 'approval-zh');
    await ask(person, { tier: undefined, models: ['kelp-frontier', 'frontier/mini'], count: 3 });
    await inspect.of(person, 'approval-models');
    const met = page.waitForRequest(/^https:\/\/app\.test\/callback\?code=/);
    await approve(person).click();
    await met;
    await person.context.close();
  });

  it('says when the passkey was not used, and lets her try again', async () => {
    const person = await arrive();
    await person.verifies(false);
    await approve(person).click();
    await person.page.getByText('No passkey was used. You can try again.').waitFor();
    await inspect.of(person, 'approval-wrong-passkey');
    await person.context.close();
  });

  it('says why nobody can approve it now', async () => {
    const person = await arrive();
    const { page } = person;
    holdfast.clock.advance(301);
    await page.reload();
    await inspect.of(person, 'approval-expired');
    holdfast.clock.reset();
    const id = await newestAccount();
    await holdfast.storage.accounts.holdPaidTiers(id, new Date(holdfast.clock.now() + 86_400_000));
    await ask(person);
    await inspect.of(person, 'approval-held');
    await person.context.close();
  });

  it('says what to do without a passkey that can', async () => {
    const person = await Person.arrive(browser);
    const { page } = person;
    await ask(person);
    await page.getByLabel('Login').fill('nobody with a passkey');
    await page.locator('form:has([name=acr]) button').click();
    await heading(person);
    await inspect.of(person, 'approval-without-passkey');
    await person.context.close();
    const held = await arrive();
    const id = await newestAccount();
    const [passkey] = await holdfast.storage.passkeys.listOf(id);
    assert.ok(passkey);
    await holdfast.storage.passkeys.recordUse(passkey.credentialId, {
      signCount: 0,
      backedUp: passkey.backedUp,
      at: new Date(holdfast.clock.now()),
    });
    await held.page.reload();
    await inspect.of(held, 'approval-passkey-held');
    await held.context.close();
  });

  it('can be denied where scripts are off', async () => {
    const person = await Person.arrive(browser, { script: false });
    const { page } = person;
    await ask(person);
    await page.getByLabel('Login').fill('ada');
    await page.locator('form:has([name=acr]) button').click();
    await heading(person);
    await inspect.withoutScript(person, 'approval-no-script');
    await person.context.close();
  });

  after(() => assert.deepEqual([...inspect.seen].toSorted(), statesOf('approval').toSorted()));
});
