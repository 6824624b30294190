import assert from 'node:assert/strict';
import type { SoftwareAuthenticator } from '../../examples/support/software-authenticator.js';
import type { AccountId } from '../../src/accounts/account.js';
import { type Holdfast, startHoldfast } from '../support/harness.js';
import { PasskeyVisitor } from '../support/passkey-visitor.js';

/** Threat 18: whoever holds a stolen session can't give the account a passkey of his own. */
describe('threat 18: a passkey registered with a stolen session', () => {
  let holdfast: Holdfast;
  before(async () => {
    holdfast = await startHoldfast();
  });
  after(() => holdfast.close());

  const accountOf = (authenticator: SoftwareAuthenticator) =>
    Buffer.from(authenticator.passkeys.at(-1)?.userHandle ?? '', 'base64url').toString() as AccountId;

  it('belongs to a new account, never to the one that is signed in', async () => {
    const { issuer, storage } = holdfast;
    const victim = new PasskeyVisitor(issuer);
    await victim.signUp(await victim.arrive());
    const victimId = accountOf(victim.authenticator);
    const thief = new PasskeyVisitor(issuer);
    for (const [name, cookie] of victim.visitor.cookies) thief.visitor.cookies.set(name, cookie);
    await thief.signUp(await thief.arrive({ prompt: 'login' }), 'Eve');
    assert.notEqual(accountOf(thief.authenticator), victimId);
    assert.equal((await storage.passkeys.listOf(victimId)).length, 1);
  });

  it('can’t be asked for outside a sign-in that is under way', async () => {
    const person = new PasskeyVisitor(holdfast.issuer);
    const login = await person.arrive();
    await person.signUp(login);
    const answer = await person.post(login, 'sign-up/options', {});
    assert.equal(answer.status, 400);
    assert.match(answer.text, /interaction_gone/);
  });

  it('takes its user handle and account from the stored challenge, not from the response', async () => {
    const { issuer, storage } = holdfast;
    const victim = new PasskeyVisitor(issuer);
    await victim.signUp(await victim.arrive());
    const victimId = accountOf(victim.authenticator);
    const thief = new PasskeyVisitor(issuer);
    const page = await thief.beginSignUp(await thief.arrive(), 'Eve');
    const options = JSON.parse((await thief.post(page, 'sign-up/options', {})).text) as never as {
      user: { id: string };
    };
    const response = thief.authenticator.register({
      ...(options as never as Parameters<SoftwareAuthenticator['register']>[0]),
      user: { id: Buffer.from(victimId).toString('base64url') },
    });
    const claim = { accountId: victimId, user: { id: victimId } };
    await thief.post(page, 'sign-up/result', { response: { ...response, ...claim }, ...claim });
    assert.equal((await storage.passkeys.listOf(victimId)).length, 1);
  });
});
