import assert from 'node:assert/strict';
import type { Browser, Page } from 'playwright-core';
import { buildStage, type Stage } from '../../examples/demo/stage.js';
import { launchBrowser, Person } from '../support/browser.js';
import { BrowserApp, bundleForBrowser } from '../support/browser-app.js';

/** What an app writes; the rest is the test's own. */
const app = (settings: object) => `
import OpenAI from 'openai';
import { BrowserLogin, createBoundFetch, indexedDbStore } from './src/client/index.ts';
const login = new BrowserLogin({
  ...${JSON.stringify(settings)},
  redirectUri: location.origin + '/callback',
  stepUpBy: location.search === '?popup' ? 'popup' : 'redirect',
});
const openai = new OpenAI({
  baseURL: login.resource + 'v1',
  apiKey: 'held by the login',
  dangerouslyAllowBrowser: true,
  fetch: createBoundFetch({ login }),
});
globalThis.app = {
  login,
  expire: async () => {
    const kept = await login.current();
    await indexedDbStore(kept).write({ ...kept, tokens: { ...kept.tokens, expiresAt: 0 } });
  },
  ask: async (model) => {
    const messages = [{ role: 'user', content: 'hello there' }];
    let said = '';
    for await (const chunk of await openai.chat.completions.create({ model, messages, stream: true }))
      said += chunk.choices[0]?.delta.content ?? '';
    return said;
  },
};
document.title = (await login.resume()) ? 'signed in' : 'signed out';`;

/** Run in the page. */
const ask = (page: Page, model: string) => page.evaluate<string>(`app.ask('${model}')`);

describe('holdfast/client in a browser', function () {
  this.timeout(120_000);
  let stage: Stage;
  let browser: Browser;
  let site: BrowserApp;
  let ada: Person;
  before(async () => {
    site = await BrowserApp.open();
    const rewrite = (yaml: string): string => yaml.replaceAll('http://localhost:5173', site.origin);
    [stage, browser] = await Promise.all([buildStage(rewrite), launchBrowser()]);
    site.script = await bundleForBrowser(
      app({
        issuer: stage.issuer,
        clientId: 'example-spa',
        resource: stage.resource,
        scope: 'openid model:read model:call',
      }),
    );
    ada = await Person.arrive(browser);
  });
  after(async () => {
    await browser.close();
    await stage.close();
    await site.close();
  });

  const titled = (page: Page, title: string) =>
    page.waitForFunction((wanted) => document.title === wanted, title);
  const approve = (page: Page) => page.getByRole('button', { name: /^Approve/ }).click();

  it('signs her in, leaves no code in the address, and hands a fetch to the openai package', async () => {
    const { page } = ada;
    await page.goto(`${site.origin}/notes`);
    await titled(page, 'signed out');
    void page.evaluate('app.login.signIn()').catch(() => undefined);
    await ada.signUp('Ada Lovelace');
    await page.getByRole('button', { name: 'Allow', exact: true }).click();
    await titled(page, 'signed in');
    assert.equal(page.url(), `${site.origin}/notes`);
    assert.equal(await ask(page, 'echo'), 'You said: hello there');
  });

  it('keeps a key that nobody can read out, this page neither', async () => {
    const found = await ada.page.evaluate(async () => {
      const opening = indexedDB.open('holdfast', 1);
      await new Promise((resolve) => opening.addEventListener('success', resolve));
      const reading = opening.result.transaction('logins').objectStore('logins').getAll();
      await new Promise((resolve) => reading.addEventListener('success', resolve));
      const [login] = reading.result as { key: { privateKey: CryptoKey } }[];
      const key = login?.key.privateKey;
      if (!key) return [];
      const exports = (['jwk', 'pkcs8'] as const).map((format) =>
        crypto.subtle.exportKey(format, key).then(
          () => `${format} came out`,
          (error: Error) => error.name,
        ),
      );
      return [key.extractable, ...(await Promise.all(exports))];
    });
    assert.deepEqual(found, [false, 'InvalidAccessError', 'InvalidAccessError']);
  });

  it('renews once for two tabs', async () => {
    const { page, context } = ada;
    const other = await context.newPage();
    await other.goto(site.origin);
    await titled(other, 'signed in');
    let renewals = 0;
    context.on('response', (response) => {
      // The first answer of all is a nonce.
      if (response.url() === `${stage.issuer}/token` && response.status() === 200) renewals += 1;
    });
    await page.evaluate('app.expire()');
    await Promise.all(
      [page, other].map(async (tab) => {
        await tab.reload();
        await titled(tab, 'signed in');
      }),
    );
    assert.equal(renewals, 1);
    await other.close();
  });

  it('takes her to the provider when a call needs her, and back', async () => {
    const { page } = ada;
    await page.goto(site.origin);
    await titled(page, 'signed in');
    void ask(page, 'echo-frontier').catch(() => undefined);
    await approve(page);
    await titled(page, 'signed in');
    assert.equal(await ask(page, 'echo-frontier'), 'You said: hello there');
  });

  it('asks her in a window of its own while the call waits, and takes her no', async () => {
    const { page, context } = ada;
    // Another login, which carries no approval.
    void page.evaluate(`app.login.signIn({ parameters: { prompt: 'login' } })`).catch(() => undefined);
    await page
      .getByRole('button', { name: /passkey/ })
      .first()
      .click();
    await titled(page, 'signed in');
    await page.goto(`${site.origin}/?popup`);
    await titled(page, 'signed in');
    const opened = context.waitForEvent('page');
    const call = page.evaluate<string>(`app.ask('echo-frontier').catch((error) => error.message)`);
    const popup = await opened;
    // Her passkey is in the other window's virtual authenticator; to say no takes none.
    await popup.getByRole('button', { name: 'Deny', exact: true }).click();
    assert.match(await call, /^403 /);
    assert.equal(page.url(), `${site.origin}/?popup`);
    if (!popup.isClosed()) await popup.waitForEvent('close');
  });

  it('signs her out here and there', async () => {
    const { page } = ada;
    void page.evaluate(`app.login.signOut(location.origin + '/')`).catch(() => undefined);
    await page.waitForURL((url) => url.origin === stage.issuer);
    await page.getByRole('button', { name: /sign out/i }).click();
    await titled(page, 'signed out');
  });
});
