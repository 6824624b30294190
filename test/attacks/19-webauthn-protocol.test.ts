import assert from 'node:assert/strict';
import type { Lies, SoftwareAuthenticator } from '../../examples/support/software-authenticator.js';
import { PasskeyDesk, refusalOf, valueOf } from '../support/passkey-desk.js';
import { liesOfAssertions, liesOfBoth, rejected } from '../support/webauthn-lies.js';

/*
 * Threat 19: each field of a WebAuthn response that can lie, lying alone. Everything else in the response is honest
 * and signed by the right key, so only the step that is meant can refuse it.
 */
describe('threat 19: a WebAuthn registration', () => {
  const finishWith = async (lies: Parameters<SoftwareAuthenticator['register']>[1]) => {
    const desk = new PasskeyDesk();
    const options = await desk.signUp.begin('uid', { displayName: 'Ada', email: undefined });
    const outcome = refusalOf(await desk.signUp.finish('uid', desk.authenticator().register(options, lies)));
    return { outcome, accounts: await desk.stores.accounts.list({ limit: 9 }) };
  };

  it('without a lie is accepted', async () => {
    assert.equal((await finishWith({})).outcome, 'accepted');
  });

  const lies: Record<string, [Parameters<typeof finishWith>[0], RegExp]> = {
    ...liesOfBoth,
    'the type of an assertion': [{ type: 'webauthn.get' }, rejected(/Unexpected registration response type/)],
    'an algorithm that was not offered': [{ algorithm: -36 }, rejected(/Unexpected public key alg/)],
    'a credential id of 1024 bytes': [{ credentialId: Buffer.alloc(1024, 7) }, rejected(/id: /)],
    'an id beside the signed one': [{ id: 'AAAA' }, rejected(/id is not the credential id/)],
    'an attestation that was not asked for': [
      { attestationFormat: 'android-key' },
      rejected(/attestation format/),
    ],
  };
  for (const [name, [lie, reason]] of Object.entries(lies)) {
    it(`with ${name} is refused and makes no account`, async () => {
      const { outcome, accounts } = await finishWith(lie);
      assert.match(outcome, reason);
      assert.deepEqual(accounts, []);
    });
  }

  it('of a credential id that another account has is refused', async () => {
    const desk = new PasskeyDesk();
    const authenticator = desk.authenticator();
    const { accountId } = await desk.register(authenticator);
    const credentialId = authenticator.passkeys[0]?.credentialId ?? Buffer.alloc(0);
    const options = await desk.signUp.begin('uid', { displayName: 'Eve', email: undefined });
    const result = await desk.signUp.finish('uid', desk.authenticator().register(options, { credentialId }));
    assert.match(refusalOf(result), rejected(/the credential id is registered already/));
    assert.equal((await desk.stores.passkeys.find(credentialId))?.accountId, accountId);
    assert.equal((await desk.stores.accounts.list({ limit: 9 })).length, 1);
  });
});

describe('threat 19: a WebAuthn assertion', () => {
  const signedUp = async () => {
    const desk = new PasskeyDesk();
    const authenticator = desk.authenticator();
    await desk.register(authenticator);
    return { desk, authenticator };
  };

  it('without a lie is accepted', async () => {
    const { desk, authenticator } = await signedUp();
    const response = authenticator.assert(await desk.signIn.begin('uid'));
    assert.equal(refusalOf(await desk.signIn.finish('uid', response)), 'accepted');
  });

  const lies: Record<string, [Lies, RegExp]> = {
    ...liesOfAssertions,
    'no user handle': [{ userHandle: null }, rejected(/userHandle is missing/)],
  };
  for (const [name, [lie, reason]] of Object.entries(lies)) {
    it(`with ${name} is refused`, async () => {
      const { desk, authenticator } = await signedUp();
      const response = authenticator.assert(await desk.signIn.begin('uid'), lie);
      assert.match(refusalOf(await desk.signIn.finish('uid', response)), reason);
    });
  }

  it('signed by another key is refused', async () => {
    const { desk, authenticator } = await signedUp();
    const thief = desk.authenticator();
    await desk.register(thief);
    const [signWith] = thief.passkeys;
    assert.ok(signWith);
    const response = authenticator.assert(await desk.signIn.begin('uid'), { signWith });
    assert.match(refusalOf(await desk.signIn.finish('uid', response)), rejected(/the signature/));
  });

  it('that loses its BE is refused', async () => {
    const desk = new PasskeyDesk();
    const authenticator = desk.authenticator({ backupEligible: true });
    await desk.register(authenticator);
    const response = authenticator.assert(await desk.signIn.begin('uid'), {
      flags: { backupEligible: false },
    });
    assert.match(refusalOf(await desk.signIn.finish('uid', response)), rejected(/BE is false/));
  });

  it('whose sign count goes back is refused and told of', async () => {
    const { desk, authenticator } = await signedUp();
    for (const signCount of [5, 5, 4, 0]) {
      const response = authenticator.assert(await desk.signIn.begin('uid'), { signCount });
      const outcome = refusalOf(await desk.signIn.finish('uid', response));
      if (signCount === 5 && outcome === 'accepted') continue;
      assert.match(outcome, rejected(/the sign count went from 5/));
    }
    assert.equal(desk.told.filter(({ event }) => event === 'signCountRegressed').length, 3);
  });

  it('whose sign count goes back under a forged signature is not told of', async () => {
    const { desk, authenticator } = await signedUp();
    const thief = desk.authenticator();
    await desk.register(thief);
    const [signWith] = thief.passkeys;
    assert.ok(signWith);
    valueOf(
      await desk.signIn.finish('uid', authenticator.assert(await desk.signIn.begin('uid'), { signCount: 5 })),
    );
    const response = authenticator.assert(await desk.signIn.begin('uid'), { signCount: 1, signWith });
    assert.match(refusalOf(await desk.signIn.finish('uid', response)), rejected(/the signature/));
    assert.ok(!desk.told.some(({ event }) => event === 'signCountRegressed'));
  });
});

describe('threat 19: a WebAuthn challenge', () => {
  it('works once', async () => {
    const desk = new PasskeyDesk();
    const authenticator = desk.authenticator();
    await desk.register(authenticator);
    const options = await desk.signIn.begin('uid');
    const response = authenticator.assert(options);
    assert.equal(refusalOf(await desk.signIn.finish('uid', response)), 'accepted');
    assert.match(refusalOf(await desk.signIn.finish('uid', response)), /^challenge_spent/);
    assert.match(
      refusalOf(await desk.signIn.finish('uid', authenticator.assert(options))),
      /^challenge_spent/,
    );
  });

  it('is spent by a response that is refused', async () => {
    const desk = new PasskeyDesk();
    const authenticator = desk.authenticator();
    await desk.register(authenticator);
    const options = await desk.signIn.begin('uid');
    const framed = authenticator.assert(options, { crossOrigin: true });
    assert.match(refusalOf(await desk.signIn.finish('uid', framed)), rejected(/crossOrigin/));
    assert.match(
      refusalOf(await desk.signIn.finish('uid', authenticator.assert(options))),
      /^challenge_spent/,
    );
  });

  it('of our own making only is taken', async () => {
    const desk = new PasskeyDesk();
    const authenticator = desk.authenticator();
    await desk.register(authenticator);
    const challenge = Buffer.alloc(32, 1).toString('base64url');
    assert.match(
      refusalOf(await desk.signIn.finish('uid', authenticator.assert({ challenge }))),
      /^challenge_spent/,
    );
  });

  it('of another interaction is refused', async () => {
    const desk = new PasskeyDesk();
    const authenticator = desk.authenticator();
    await desk.register(authenticator);
    const response = authenticator.assert(await desk.signIn.begin('of the victim'));
    assert.match(refusalOf(await desk.signIn.finish('of the thief', response)), /another interaction/);
  });

  it('of another operation is refused', async () => {
    const desk = new PasskeyDesk();
    const authenticator = desk.authenticator();
    await desk.register(authenticator);
    const forSignUp = await desk.signUp.begin('uid', { displayName: 'Ada', email: undefined });
    const assertion = authenticator.assert({ challenge: forSignUp.challenge });
    assert.match(refusalOf(await desk.signIn.finish('uid', assertion)), /made for sign_up/);
    const forSignIn = await desk.signIn.begin('uid');
    const registration = authenticator.register({ ...forSignUp, challenge: forSignIn.challenge });
    assert.match(refusalOf(await desk.signUp.finish('uid', registration)), /made for sign_in/);
  });

  it('is dead after five minutes', async () => {
    const desk = new PasskeyDesk();
    const authenticator = desk.authenticator();
    await desk.register(authenticator);
    const response = authenticator.assert(await desk.signIn.begin('uid'));
    desk.clock.advance(300);
    assert.match(refusalOf(await desk.signIn.finish('uid', response)), /^challenge_spent/);
  });
});
