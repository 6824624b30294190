import assert from 'node:assert/strict';
import type { Browser } from 'playwright-core';
import { buildStage, type Stage } from '../../examples/demo/stage.js';
import { startSpa, type Spa } from '../../examples/spa/server.js';
import { freePort } from '../../examples/support/free-port.js';
import { launchBrowser, Person } from '../support/browser.js';
import { takeLooks } from '../support/looks.js';

describe('stepping up, with the example web app in a real browser', function () {
  this.timeout(120_000);
  let stage: Stage;
  let spa: Spa;
  let browser: Browser;
  let ada: Person;
  before(async () => {
    const port = await freePort();
    const rewrite = (yaml: string): string => yaml.replaceAll('localhost:5173', `localhost:${port}`);
    [stage, browser] = await Promise.all([buildStage(rewrite), launchBrowser()]);
    const { gateway, issuer } = stage;
    spa = await startSpa({ port, gateway: gateway.href, issuer, clientId: 'example-spa' });
    ada = await Person.arrive(browser, { width: 1280 });
  });
  after(async () => {
    await browser.close();
    await Promise.all([spa.close(), stage.close()]);
  });

  const ask = async (model: string, prompt: string): Promise<void> => {
    await ada.page.getByRole('radio', { name: new RegExp(`^${model}\\b(?!-)`) }).check();
    await ada.page.getByLabel('Your question').fill(prompt);
    await ada.page.getByRole('button', { name: 'Send' }).click();
  };
  const answered = (prompt: string) => ada.page.getByText(`You said: ${prompt}`).waitFor();
  const approval = () => ada.page.getByRole('heading', { name: 'Up to $2.00 on Frontier' });
  const lastCall = () => ada.page.getByRole('list', { name: 'Calls' }).locator('.call').last();

  it('signs her up and calls a model that asks for nothing', async () => {
    const { page } = ada;
    await page.goto(spa.url);
    await page.getByRole('button', { name: 'Sign in with Holdfast' }).click();
    await ada.signUp('Ada Lovelace');
    await page.getByRole('button', { name: 'Allow', exact: true }).click();
    await ask('echo', 'what is a holdfast?');
    await answered('what is a holdfast?');
  });

  it('is challenged at a frontier model, shows the approval, and streams the answer once she approved it', async () => {
    await ask('echo-frontier', 'how deep does kelp grow?');
    await approval().waitFor();
    await takeLooks(ada, 'approval');
    await ada.page.getByRole('button', { name: 'Approve with passkey' }).click();
    await answered('how deep does kelp grow?');
    const told = await lastCall().locator('.notes').innerText();
    assert.match(told, /needs your approval of up to \$2\.00 on frontier.*\n.*You approved up to \$2\.00/);
    await takeLooks(ada, 'answered');
  });

  it('asks nothing for a second call inside the approval, and is challenged again past its limit', async () => {
    await ask('echo-frontier', 'and how fast?');
    await answered('and how fast?');
    assert.equal(await lastCall().locator('.notes').count(), 0);

    // A call may cost half a dollar and more, so $2.00 are soon used up.
    for (let calls = 3; calls < 8 && !(await approval().isVisible()); calls += 1) {
      await ask('echo-frontier', `call number ${calls}`);
      await approval()
        .or(ada.page.getByText(`You said: call number ${calls}`))
        .waitFor();
    }
    await approval().waitFor();
  });

  it('ends with a sentence when she denies, and the call is hers to try again', async () => {
    const { page } = ada;
    await page.getByRole('button', { name: 'Deny' }).click();
    await page.getByText('You didn’t allow it. Nothing was called, and nothing was spent.').waitFor();
    await takeLooks(ada, 'denied');
    assert.equal(new URL(page.url()).origin, spa.url);
    await ask('echo', 'and the small one?');
    await answered('and the small one?');
    await ask('echo-frontier', 'once more?');
    await approval().waitFor();
    await page.getByRole('button', { name: 'Approve with passkey' }).click();
    await answered('once more?');
    // What a first request without a nonce, and a challenge, look like to a browser.
    const serious = ada.complaints.filter((complaint) => !/status of 40[013]/.test(complaint));
    assert.deepEqual(serious, []);
  });
});
