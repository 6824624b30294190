import assert from 'node:assert/strict';
import { decodeJwt } from 'jose';
import type { Browser } from 'playwright-core';
import { SoftwareAuthenticator } from '../../examples/support/software-authenticator.js';
import { signUpOwner } from '../support/account-owner.js';
import { launchBrowser, Person } from '../support/browser.js';
import { Device } from '../support/device.js';
import { type Holdfast, startHoldfast } from '../support/harness.js';
import { authorizeUrl, introspect, pkce, redeem } from '../support/login.js';
import { jsonOf, PasskeyVisitor } from '../support/passkey-visitor.js';
import { answerDone, recover } from '../support/recovering.js';
import { Relay } from '../support/relay.js';
import { formWith, Visitor } from '../support/visitor.js';

/*
 * Threat 17 again: a login page that looks like ours and passes everything on. The bound that docs/decisions/0014
 * states: nothing from a passkey; from a mail code and a recovery code one session of the weakest strength, told to
 * the owner at once, which her link ends.
 */
describe('threat 17: an adversary in the middle', () => {
  let holdfast: Holdfast;
  let browser: Browser;
  before(async () => {
    [holdfast, browser] = await Promise.all([startHoldfast(), launchBrowser()]);
  });
  after(async () => {
    await browser.close();
    await holdfast.close();
  });

  const begin = (parameters: Record<string, string> = {}) => {
    const { verifier, challenge } = pkce();
    return { verifier, url: authorizeUrl({ issuer: holdfast.issuer, parameters }, challenge) };
  };
  const signedIn = ({ cookies }: Visitor) => [...cookies.keys()].some((name) => name.includes('session'));

  for (const host of ['127.0.0.1', 'login.localhost']) {
    it(`gets nothing from a passkey: the browser does not use it at ${host}`, async () => {
      const relay = await Relay.start(holdfast.issuer, host);
      const person = await Person.arrive(browser);
      const { page } = person;
      await page.goto(begin().url);
      await person.signUp('Ada');
      await page.getByRole('heading', { name: /^Allow / }).waitFor();
      assert.equal(await person.passkeys(), 1);
      await person.context.clearCookies();
      await page.goto(relay.here(begin().url));
      await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
      await page.getByText('Passkeys don’t work at this address.').waitFor();
      assert.equal(signedIn(relay.browser), false);
      assert.deepEqual(relay.caught, []);
      await person.context.close();
      await relay.close();
    });
  }

  it('gets nothing from a browser that lets itself be fooled: the origin is in what the passkey signs', async () => {
    const relay = await Relay.start(holdfast.issuer);
    const { authenticator } = await signUpOwner(holdfast);
    const fooled = new SoftwareAuthenticator(relay.origin);
    fooled.passkeys.push(...authenticator.passkeys);
    const victim = new PasskeyVisitor(relay.origin, fooled);
    const page = await victim.visitor.follow(await victim.visitor.get(relay.here(begin().url)));
    const options = jsonOf(await victim.post(page, 'sign-in/options', {}));
    const answer = await victim.post(page, 'sign-in/result', { response: fooled.assert(options as never) });
    assert.equal(answer.status, 400);
    assert.match(answer.text, /origin/);
    assert.equal(signedIn(relay.browser), false);
    await relay.close();
  });

  it('gets from both codes a session of the weakest strength, which its owner hears of and ends', async () => {
    const relay = await Relay.start(holdfast.issuer);
    const { email, codes, accountId } = await signUpOwner(holdfast);
    const { mails, issuer } = holdfast;
    const { verifier, url } = begin();
    // All that she can be talked into: her e-mail address, the code from her mail, a recovery code.
    const victim = new Visitor();
    const page = await victim.follow(await victim.get(relay.here(url)));
    const done = await recover(victim, page, { email, mails, code: codes[0] ?? '' });
    assert.match(done.text, /You’re back in/);
    const consent = await answerDone(victim, done, 'continue');
    const { action, fields } = formWith(consent, 'decision');
    await victim.follow(await victim.post(action, fields));
    const code = relay.caught.at(-1)?.searchParams.get('code') ?? '';
    const login = { clientId: 'spa', redirectUri: 'https://app.test/callback', code, verifier } as never;
    const { body } = await redeem(issuer, login, await Device.create());
    const stolen = String(body['access_token']);
    assert.equal(decodeJwt(String(body['id_token']))['acr'], 'urn:holdfast:acr:basic');
    // No step-up with it, no paid tiers.
    const claims = JSON.stringify({ id_token: { acr: { essential: true, value: 'urn:holdfast:acr:phr' } } });
    const more = await relay.browser.follow(await relay.browser.get(begin({ claims }).url));
    assert.match(more.text, /data-passkey="sign-in"/);
    const account = await holdfast.storage.accounts.find(accountId);
    assert.ok(Number(account?.paidTiersHeldUntil) > holdfast.clock.now());
    // She is told by mail, at the real address, and ends it.
    const { link = '' } = await mails.waitFor(email, 'you_are_back');
    assert.ok(link.startsWith(`${issuer}/`));
    const owner = new Visitor();
    const undo = formWith(await owner.get(link), 'csrf');
    await owner.follow(await owner.post(undo.action, undo.fields));
    assert.equal((await introspect(issuer, stolen)).body['active'], false);
    const again = await relay.browser.follow(await relay.browser.get(begin().url));
    assert.match(again.text, /data-passkey="sign-in"/);
    await relay.close();
  });

  it('can’t use the recovery that it watched a second time', async () => {
    const relay = await Relay.start(holdfast.issuer);
    const { email, codes } = await signUpOwner(holdfast);
    const { mails } = holdfast;
    const victim = new Visitor();
    const lost = { email, mails, code: codes[0] ?? '' };
    await recover(victim, await victim.follow(await victim.get(relay.here(begin().url))), lost);
    const login = await relay.browser.follow(await relay.browser.get(begin().url));
    // The code from the mail would be a new one, which it would need her for again; the recovery code is used up.
    const answer = await recover(relay.browser, login, lost);
    assert.match(answer.text, /That recovery code did not work/);
    await relay.close();
  });
});
