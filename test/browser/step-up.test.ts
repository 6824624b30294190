import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { Maker } from '../support/attestation.js';
import { AppPage, launchBrowser, Person } from '../support/browser.js';
import { type Holdfast, startHoldfast } from '../support/harness.js';
import { authorizeUrl, pkce } from '../support/login.js';

describe('a person who is asked to confirm that it is she, where hardware keys count', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'holdfast-metadata-'));
  let holdfast: Holdfast;
  let browser: Browser;
  let app: AppPage;
  before(async () => {
    const attestation = { metadata: path.join(folder, 'blob.jwt'), root: path.join(folder, 'root.pem') };
    const maker = await Maker.create();
    writeFileSync(attestation.metadata, await maker.blob());
    writeFileSync(attestation.root, maker.rootPem);
    [holdfast, browser, app] = await Promise.all([
      startHoldfast({ attestation, dangerously_allow_test_login: false }),
      launchBrowser(),
      AppPage.open(),
    ]);
  });
  after(async () => {
    await browser.close();
    await app.close();
    await holdfast.close();
    rmSync(folder, { recursive: true });
  });

  it('makes a passkey that nobody attests, confirms with it, and is told to the app as too weak for more', async () => {
    const person = await Person.arrive(browser);
    const { page } = person;
    const begin = async (parameters: Record<string, string>) => {
      const wish = { issuer: holdfast.issuer, clientId: 'cli', redirectUri: app.redirectUri, parameters };
      await page.goto(authorizeUrl(wish, pkce().challenge));
    };
    const confirm = () => page.getByRole('button', { name: 'Confirm with your passkey' }).click();
    await begin({});
    // The browser's own authenticator says who made it; no metadata knows it.
    await person.signUp('Ada Lovelace');
    await page.getByRole('heading', { name: 'Allow Research agent?' }).waitFor();
    await begin({ prompt: 'login consent', acr_values: 'urn:holdfast:acr:phr' });
    await page.getByText('You are signed in as Ada Lovelace').waitFor();
    await confirm();
    await page.getByRole('heading', { name: 'Allow Research agent?' }).waitFor();
    await begin({ acr_values: 'urn:holdfast:acr:phrh' });
    await page.getByText('asks for a hardware key').waitFor();
    await confirm();
    await page.getByText('Back at the app').waitFor();
    assert.equal(app.response.get('error'), 'unmet_authentication_requirements');
    person.assertNoComplaint();
    await person.context.close();
    const judged = holdfast.log.some((line) => line.includes('attestation_untrusted'));
    const asked = holdfast.log.some((line) => line.includes('passkey_registered'));
    assert.deepEqual([judged, asked], [true, true]);
  });
});
