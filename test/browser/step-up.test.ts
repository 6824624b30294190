import assert from 'node:assert/strict';
import type { Browser } from 'playwright-core';
import { buildStage, type Stage } from '../../examples/demo/stage.js';
import { startSpa, type Spa } from '../../examples/spa/server.js';
import { freePort } from '../../examples/support/free-port.js';
import { launchBrowser, Person } from '../support/browser.js';

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

  /** Sends a question and waits until the call has come to an end. */
  const ask = async (model: string, prompt: string): Promise<void> => {
    await ada.page.getByRole('radio', { name: model, exact: false }).first().check();
    await ada.page.getByLabel('Your question').fill(prompt);
    await ada.page.getByRole('button', { name: 'Send' }).click();
  };

  it('signs her up and calls a model that asks for nothing', async () => {
    const { page } = ada;
    await page.goto(spa.url);
    await page.getByRole('button', { name: 'Sign in with Holdfast' }).click();
    await ada.signUp('Ada Lovelace');
    await page.getByRole('button', { name: 'Allow', exact: true }).click();
    await ask('echo', 'what is a holdfast?');
    await page.getByText('You said: what is a holdfast?').waitFor();
    // A first call without a nonce is answered by one (RFC 9449 §8), which a browser writes down as a failure.
    const serious = ada.complaints.filter((complaint) => !/status of 40[01]/.test(complaint));
    assert.deepEqual(serious, []);
  });
});
