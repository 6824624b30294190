import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { type Holdfast, startHoldfast } from '../support/harness.js';
import { addressOf, PasskeyVisitor } from '../support/passkey-visitor.js';
import { formWith, type Visit } from '../support/visitor.js';

/**
 * Threat 20 at a sign-up: who planted the cookies of a sign-in in her browser is in the same interaction as she is. What
 * she proves there is hers alone: he can't make an account with her address and his passkey.
 */
describe('threat 20: a sign-up that somebody else is part of', () => {
  let holdfast: Holdfast;
  before(async () => {
    holdfast = await startHoldfast();
  });
  after(() => holdfast.close());

  /** Both at the login page of one interaction. */
  async function planted() {
    const [attacker, victim] = [new PasskeyVisitor(holdfast.issuer), new PasskeyVisitor(holdfast.issuer)];
    const login = await attacker.arrive();
    for (const [name, cookie] of attacker.visitor.cookies) victim.visitor.cookies.set(name, cookie);
    const email = `victim.${randomBytes(6).toString('hex')}@example.test`;
    return { attacker, victim, login, address: { email, mails: holdfast.mails } };
  }

  const noAccountOf = async (email: string) =>
    assert.equal(await holdfast.storage.accounts.findByEmail(email), undefined);

  it('makes no passkey for an address before its code was typed', async () => {
    const { attacker, login, address } = await planted();
    const { base, csrf } = addressOf(login);
    await attacker.beginSignUp(login, 'Eve', { email: address.email });
    const url = `${holdfast.issuer}${base}/passkey/sign-up`;
    for (const step of ['options', 'result']) {
      const answer = await attacker.visitor.postJson(`${url}/${step}`, { csrf });
      assert.equal(answer.status, 400);
      assert.match(answer.text, /step_gone/);
    }
  });

  it('gives him no passkey on an address that she proved', async () => {
    const { attacker, victim, login, address } = await planted();
    const page = await victim.beginSignUp(login, 'Ada', address);
    assert.match(page.text, /Create your passkey/);
    assert.equal((await attacker.post(page, 'sign-up/options', {})).status, 400);
    await noAccountOf(address.email);
  });

  it('nor by a challenge that he had made before', async () => {
    const { attacker, victim, login, address } = await planted();
    const own = await attacker.beginSignUp(login, 'Eve');
    const options = JSON.parse((await attacker.post(own, 'sign-up/options', {})).text) as never;
    const response = attacker.authenticator.register(options);
    const page = await victim.beginSignUp(login, 'Ada', address);
    assert.equal((await attacker.post(page, 'sign-up/result', { response })).status, 400);
    await noAccountOf(address.email);
  });

  it('nor where she types the code into a sign-up that he began with her address', async () => {
    const { attacker, login, address } = await planted();
    const page = await attacker.beginSignUp(login, 'Eve', { email: address.email });
    // His cookies, the one of the sign-up too, are in her browser.
    const victim = new PasskeyVisitor(holdfast.issuer);
    for (const [name, cookie] of attacker.visitor.cookies) victim.visitor.cookies.set(name, cookie);
    const { code = '' } = await holdfast.mails.waitFor(address.email, 'sign_up_code');
    const form = formWith(await victim.visitor.get(page.url), 'code');
    const hers: Visit = await victim.visitor.follow(
      await victim.visitor.post(form.action, { ...form.fields, code }),
    );
    assert.match(hers.text, /Create your passkey/);
    assert.equal((await attacker.post(hers, 'sign-up/options', {})).status, 400);
    assert.equal((await victim.post(hers, 'sign-up/options', {})).status, 200);
    await noAccountOf(address.email);
  });

  it('shows him none of her recovery codes', async () => {
    const { attacker, victim, login, address } = await planted();
    const page = await victim.beginSignUp(login, 'Ada', address);
    const options = JSON.parse((await victim.post(page, 'sign-up/options', {})).text) as never;
    const response = victim.authenticator.register(options);
    assert.equal((await victim.post(page, 'sign-up/result', { response })).status, 200);
    const seen = await attacker.visitor.follow(
      await attacker.visitor.get(page.url.replace('passkey', 'recovery-codes')),
    );
    assert.doesNotMatch(seen.text, /[0-9A-Z]{4}-[0-9A-Z]{4}-/);
    const csrf = /name="csrf" value="([^"]+)"/.exec(seen.text)?.[1] ?? '';
    const url = page.url.replace('passkey', 'recovery-codes');
    assert.equal((await attacker.visitor.post(url, { csrf, codes: 'kept' })).status, 400);
  });
});
