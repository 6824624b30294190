import assert from 'node:assert/strict';
import type { UserManagerSettings } from 'oidc-client-ts';
import type { Browser } from 'playwright-core';
import { buildStage, type Stage } from '../../examples/demo/stage.js';
import { launchBrowser, Person } from '../support/browser.js';
import { BrowserApp, bundleForBrowser } from '../support/browser-app.js';

/** As its documentation has it: DPoP is a setting with a store. */
const app = (settings: Omit<UserManagerSettings, 'redirect_uri'>) => `
import { IndexedDbDPoPStore, UserManager } from 'oidc-client-ts';
const users = new UserManager({
  ...${JSON.stringify(settings)},
  redirect_uri: location.origin + '/callback',
  dpop: { bind_authorization_code: true, store: new IndexedDbDPoPStore() },
});
const models = async (user) => {
  const address = new URL('/v1/models', ${JSON.stringify('GATEWAY')}).href;
  const send = async (nonce) =>
    fetch(address, {
      headers: {
        authorization: 'DPoP ' + user.access_token,
        dpop: await users.dpopProof(address, user, 'GET', nonce),
      },
    });
  const first = await send();
  const nonce = first.headers.get('dpop-nonce');
  const answer = first.status === 401 && nonce !== null ? await send(nonce) : first;
  return [answer.status, (await answer.json()).data?.length > 0];
};
globalThis.app = { signIn: () => users.signinRedirect() };
if (location.pathname === '/callback') {
  const user = await users.signinCallback();
  const called = await models(user);
  const renewed = await users.signinSilent();
  document.title = JSON.stringify({
    type: user.token_type,
    sub: user.profile.sub,
    called,
    again: await models(renewed),
    other: renewed.access_token !== user.access_token,
  });
} else document.title = 'signed out';`;

describe('oidc-client-ts, unmodified, in a browser', function () {
  this.timeout(120_000);
  let stage: Stage;
  let browser: Browser;
  let site: BrowserApp;
  before(async () => {
    site = await BrowserApp.open();
    const rewrite = (yaml: string): string => yaml.replaceAll('http://localhost:5173', site.origin);
    [stage, browser] = await Promise.all([buildStage(rewrite), launchBrowser()]);
    const settings: Omit<UserManagerSettings, 'redirect_uri'> = {
      authority: stage.issuer,
      client_id: 'example-spa',
      scope: 'openid model:read model:call',
      resource: stage.resource,
      // Of a refresh, too: a token is for one resource.
      extraTokenParams: { resource: stage.resource },
    };
    site.script = await bundleForBrowser(app(settings).replace('GATEWAY', stage.gateway.href));
  });
  after(async () => {
    await browser.close();
    await stage.close();
    await site.close();
  });

  it('signs her in with DPoP, calls the gateway, and renews', async () => {
    const ada = await Person.arrive(browser);
    const { page } = ada;
    await page.goto(site.origin);
    await page.waitForFunction(() => document.title === 'signed out');
    void page.evaluate('app.signIn()').catch(() => undefined);
    await ada.signUp('Ada Lovelace');
    await page.getByRole('button', { name: 'Allow', exact: true }).click();
    await page.waitForFunction(() => document.title.startsWith('{'));
    const { sub, ...shown } = JSON.parse(await page.title()) as Record<string, unknown>;
    assert.match(String(sub), /^acc_/);
    assert.deepEqual(shown, { type: 'DPoP', called: [200, true], again: [200, true], other: true });
  });
});
