import assert from 'node:assert/strict';
import type { AccountId } from '../../../src/accounts/account.js';
import { PasskeyDesk, refusalOf, valueOf } from '../../support/passkey-desk.js';

const profile = { displayName: 'Ada', email: 'ada@example.org' };

describe('signing up', () => {
  it('asks for a discoverable passkey, user verification and no attestation', async () => {
    const desk = new PasskeyDesk();
    const options = await desk.signUp.begin('one', profile);
    assert.equal(options.rp.id, 'id.example');
    assert.deepEqual(options.authenticatorSelection, {
      residentKey: 'required',
      requireResidentKey: true,
      userVerification: 'required',
    });
    assert.equal(options.attestation, 'none');
    assert.deepEqual(
      options.pubKeyCredParams.map(({ alg }) => alg),
      [-7, -8, -257],
    );
    assert.equal(Buffer.from(options.challenge, 'base64url').length, 32);
  });

  it('makes the account together with its passkey, at strength phr', async () => {
    const desk = new PasskeyDesk();
    const options = await desk.signUp.begin('one', profile);
    const authentication = valueOf(await desk.signUp.finish('one', desk.authenticator().register(options)));
    const account = await desk.stores.accounts.find(authentication.accountId);
    assert.equal(account?.displayName, 'Ada');
    assert.equal(account?.email, 'ada@example.org');
    assert.equal((await desk.stores.passkeys.listOf(authentication.accountId)).length, 1);
    assert.equal(authentication.acr, 'urn:holdfast:acr:phr');
    assert.deepEqual(authentication.amr, ['pop', 'user', 'mfa']);
    assert.equal(authentication.authTime, Math.floor(desk.clock.now() / 1000));
    assert.deepEqual(
      desk.told.map(({ event }) => event),
      ['passkeyRegistered', 'signedUp'],
    );
  });

  it('gives the authenticator the account id as user handle', async () => {
    const desk = new PasskeyDesk();
    const options = await desk.signUp.begin('one', profile);
    const { accountId } = valueOf(await desk.signUp.finish('one', desk.authenticator().register(options)));
    assert.equal(Buffer.from(options.user.id, 'base64url').toString(), accountId);
    assert.match(accountId, /^acc_[0-9A-Za-z]{22}$/);
  });

  it('leaves no account behind when the passkey is somebody’s already', async () => {
    const desk = new PasskeyDesk();
    const authenticator = desk.authenticator();
    await desk.register(authenticator);
    const options = await desk.signUp.begin('two', profile);
    const [{ credentialId } = { credentialId: Buffer.alloc(0) }] = authenticator.passkeys;
    const response = authenticator.register(options, { credentialId });
    assert.match(
      refusalOf(await desk.signUp.finish('two', response)),
      /passkey_rejected: .*registered already/,
    );
    const accountId = Buffer.from(options.user.id, 'base64url').toString() as AccountId;
    assert.equal(await desk.stores.accounts.find(accountId), undefined);
  });

  it('tells who proved the address that another sign-up took it meanwhile', async () => {
    const desk = new PasskeyDesk();
    const first = await desk.register(desk.authenticator(), 'ada@example.org');
    const options = await desk.signUp.begin('two', { ...profile, email: 'Ada@example.org' });
    const result = await desk.signUp.finish('two', desk.authenticator().register(options));
    assert.match(refusalOf(result), /^email_taken/);
    assert.equal((await desk.stores.accounts.findByEmail('ada@example.org'))?.id, first.accountId);
  });

  it('stores of the challenge its digest alone', async () => {
    const desk = new PasskeyDesk();
    const { challenge } = await desk.signUp.begin('one', profile);
    const [stored] = desk.stores.storedChallenges;
    assert.notEqual(stored?.digest.toString('base64url'), challenge);
    assert.ok(!JSON.stringify(stored?.facts).includes(challenge));
  });

  it('does not survive five minutes of thinking', async () => {
    const desk = new PasskeyDesk();
    const options = await desk.signUp.begin('one', profile);
    const response = desk.authenticator().register(options);
    desk.clock.advance(301);
    assert.match(refusalOf(await desk.signUp.finish('one', response)), /^challenge_spent/);
  });

  it('lets our own bugs through as bugs', async () => {
    const desk = new PasskeyDesk();
    desk.stores.passkeys.insert = async () => {
      throw new TypeError('a bug');
    };
    const options = await desk.signUp.begin('one', profile);
    await assert.rejects(desk.signUp.finish('one', desk.authenticator().register(options)), TypeError);
  });
});
