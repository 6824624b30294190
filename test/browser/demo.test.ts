import assert from 'node:assert/strict';
import type { Browser, Page } from 'playwright-core';
import { scenes } from '../../src/demo/scene.js';
import { launchBrowser, Person } from '../support/browser.js';
import { type DemoDesk, openDemoDesk } from '../support/demo-desk.js';
import { statesOf } from '../support/pages/every-page.js';
import { Inspection } from '../support/pages/inspection.js';

describe('the demo at /demo', function () {
  this.timeout(120_000);
  let desk: DemoDesk;
  let browser: Browser;
  const inspect = new Inspection();
  before(async () => {
    [desk, browser] = await Promise.all([openDemoDesk(), launchBrowser()]);
  });
  after(async () => {
    await browser.close();
    await desk.close();
  });

  const arrive = async (look = {}): Promise<Person> => {
    const person = await Person.arrive(browser, look);
    await person.page.goto(`${desk.holdfast.issuer}/demo`);
    return person;
  };
  const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click();
  const played = (page: Page) => page.locator('.duel > li:not(.unplayed)');
  const lostIn = (page: Page) => page.locator('.duel-head .money').innerText();
  const reached = (page: Page, step: number) =>
    page.getByText(`Step ${step} of ${scenes.length}`, { exact: true }).waitFor();

  it('is walked step by step, and costs $0.00 at each theft', async () => {
    const person = await arrive();
    const { page } = person;
    await inspect.of(person, 'demo');
    for (const [index, scene] of scenes.entries()) {
      await press(page, 'Next step');
      await reached(page, index + 1);
      const row = played(page).last();
      if (scene.answer !== undefined) assert.match(await row.innerText(), new RegExp(scene.answer));
      if (scene.side === 'thief') assert.equal(await lostIn(page), '$0.00', scene.name);
      if (scene.name === 'replay') await inspect.of(person, 'demo-middle');
    }
    assert.match(await played(page).last().innerText(), /dead within [\d.]+ ms/);
    await page.getByText('The thief tried 10 times and got $0.00.').waitFor();
    await inspect.of(person, 'demo-end');
    person.assertNoComplaint();
    await person.context.close();
  });

  it('is stepped back in, and run again, by keyboard and all at once', async () => {
    const person = await arrive();
    const { page } = person;
    await page.getByRole('button', { name: 'Next step' }).focus();
    await page.keyboard.press('Enter');
    await reached(page, 1);
    await page.keyboard.press('Enter');
    await reached(page, 2);
    await press(page, 'Step back');
    await reached(page, 1);
    assert.equal(await played(page).count(), 1);
    await press(page, 'Run it all');
    await page.getByText(/^The thief tried/).waitFor({ timeout: 60_000 });
    await press(page, 'Run it again');
    await reached(page, 0);
    person.assertNoComplaint();
    await person.context.close();
  });

  it('is told to two visitors at once, each her own', async () => {
    const [one, other] = [await arrive(), await arrive()];
    await Promise.all([press(one.page, 'Next step'), press(other.page, 'Next step')]);
    await Promise.all([reached(one.page, 1), reached(other.page, 1)]);
    await press(one.page, 'Next step');
    await reached(one.page, 2);
    await other.page.reload();
    await reached(other.page, 1);
    await Promise.all([one.context.close(), other.context.close()]);
  });

  it('needs no script: a form is posted, and all of it comes at once', async () => {
    const person = await arrive({ script: false });
    const { page } = person;
    await inspect.withoutScript(person, 'demo-no-script');
    await press(page, 'Run it all');
    await reached(page, scenes.length);
    await person.context.close();
  });

  it('says where the story broke off', async () => {
    const person = await arrive();
    desk.breakOff();
    await press(person.page, 'Next step');
    await person.page.getByText('The story broke off here').waitFor();
    await inspect.of(person, 'demo-broken');
    await person.context.close();
  });

  it('was looked at in every state', () => {
    assert.deepEqual(
      statesOf('demo').filter((state) => !inspect.seen.has(state)),
      [],
    );
  });
});
