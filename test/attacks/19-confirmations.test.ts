import assert from 'node:assert/strict';
import type { Lies } from '../../examples/support/software-authenticator.js';
import type { ConfirmationSubject } from '../../src/accounts/confirmation.js';
import { deskHold, PasskeyDesk, refusalOf, valueOf } from '../support/passkey-desk.js';
import { liesOfKnownAccount, rejected } from '../support/webauthn-lies.js';

/** Threat 19 where a change is confirmed or a passkey is added: the same checks as at the door, lie by lie. */
const sessionUid = 'her session';

async function signedUp() {
  const desk = new PasskeyDesk();
  const authenticator = desk.authenticator();
  const { accountId } = await desk.register(authenticator);
  const subject: ConfirmationSubject = { accountId, sessionUid, action: 'export_data', target: '' };
  return { desk, authenticator, accountId, subject };
}

describe('threat 19: an assertion that confirms a change', () => {
  for (const [name, [lie, reason]] of Object.entries(liesOfKnownAccount)) {
    it(`with ${name} is refused`, async () => {
      const { desk, authenticator, subject } = await signedUp();
      const response = authenticator.assert(valueOf(await desk.confirmation.begin(subject)), lie);
      assert.match(refusalOf(await desk.confirmation.finish(subject, response)), reason);
      assert.ok(!desk.told.some(({ event }) => event === 'changeConfirmed'));
    });
  }

  it('may leave out the user handle, since the account is known', async () => {
    const { desk, authenticator, subject } = await signedUp();
    const options = valueOf(await desk.confirmation.begin(subject));
    const response = authenticator.assert(options, { userHandle: null });
    valueOf(await desk.confirmation.finish(subject, response));
  });

  it('by a passkey that was removed meanwhile is refused', async () => {
    const { desk, authenticator, accountId, subject } = await signedUp();
    const options = valueOf(await desk.confirmation.begin(subject));
    const response = authenticator.assert(options);
    await desk.stores.passkeys.insert({
      ...(await onlyPasskey(desk, accountId)),
      credentialId: Buffer.from('other'),
    });
    const credentialId = authenticator.passkeys[0]?.credentialId ?? Buffer.alloc(0);
    await desk.stores.passkeys.remove(accountId, credentialId, new Date(desk.clock.now()));
    assert.match(refusalOf(await desk.confirmation.finish(subject, response)), /^passkey_removed/);
  });

  it('of an account that was disabled meanwhile is refused', async () => {
    const { desk, authenticator, accountId, subject } = await signedUp();
    const response = authenticator.assert(valueOf(await desk.confirmation.begin(subject)));
    await desk.stores.accounts.disable(accountId, new Date(desk.clock.now()));
    assert.match(refusalOf(await desk.confirmation.finish(subject, response)), /^account_disabled/);
  });
});

describe('threat 19: a passkey that was removed', () => {
  it('tells whoever forges its signature no more than one that nobody has', async () => {
    const { desk, authenticator, accountId } = await signedUp();
    const thief = desk.authenticator();
    await desk.register(thief);
    const credentialId = authenticator.passkeys[0]?.credentialId ?? Buffer.alloc(0);
    await desk.stores.passkeys.insert({
      ...(await onlyPasskey(desk, accountId)),
      credentialId: Buffer.from('other'),
    });
    await desk.stores.passkeys.remove(accountId, credentialId, new Date(desk.clock.now()));
    const by = async (lie: Lies) =>
      refusalOf(await desk.signIn.finish('uid', authenticator.assert(await desk.signIn.begin('uid'), lie)));
    const [signWith] = thief.passkeys;
    assert.ok(signWith);
    assert.match(await by({ signWith }), rejected(/the signature/));
    assert.match(await by({}), /^passkey_removed/);
  });
});

describe('threat 19: a passkey whose sign count went back', () => {
  const copied = async () => {
    const arrived = await signedUp();
    const { desk, authenticator } = arrived;
    const signIn = async (signCount: number) =>
      await desk.signIn.finish('uid', authenticator.assert(await desk.signIn.begin('uid'), { signCount }));
    valueOf(await signIn(5));
    assert.match(refusalOf(await signIn(4)), rejected(/the sign count went from 5 to 4/));
    return { ...arrived, signIn };
  };

  it('is marked, and from then on gives the weakest strength alone', async () => {
    const { desk, accountId, signIn } = await copied();
    assert.equal(valueOf(await signIn(6)).acr, 'urn:holdfast:acr:basic');
    desk.clock.advance(10 * deskHold);
    assert.equal(valueOf(await signIn(7)).acr, 'urn:holdfast:acr:basic');
    const [listed] = await desk.passkeys.list(accountId);
    assert.deepEqual([listed?.suspect, listed?.heldUntil], [true, undefined]);
  });

  it('confirms nothing any more', async () => {
    const { desk, subject } = await copied();
    assert.match(refusalOf(await desk.confirmation.begin(subject)), /^confirmation_unavailable/);
  });

  it('is marked also by a confirmation', async () => {
    const { desk, authenticator, accountId, subject } = await signedUp();
    for (const signCount of [5, 3]) {
      const options = valueOf(await desk.confirmation.begin(subject));
      await desk.confirmation.finish(subject, authenticator.assert(options, { signCount }));
    }
    assert.equal((await desk.passkeys.list(accountId))[0]?.suspect, true);
    assert.equal(desk.told.filter(({ event }) => event === 'signCountRegressed').length, 1);
  });

  it('is told to its owner', async () => {
    const { desk } = await copied();
    assert.ok(desk.news.some(({ kind }) => kind === 'passkey_counter_regressed'));
  });
});

describe('threat 19: a passkey whose backup state changes', () => {
  it('signs in as before, and its owner is told each time', async () => {
    const desk = new PasskeyDesk();
    const authenticator = desk.authenticator({ backupEligible: true });
    const { accountId } = await desk.register(authenticator);
    for (const backedUp of [false, true, true, false]) {
      const lie = { flags: { backedUp } };
      const response = authenticator.assert(await desk.signIn.begin('uid'), lie);
      assert.equal(valueOf(await desk.signIn.finish('uid', response)).acr, 'urn:holdfast:acr:phr');
    }
    const flips = desk.told.filter(({ event }) => event === 'passkeyBackupChanged');
    assert.deepEqual(
      flips.map(({ facts }) => facts),
      [
        { accountId, backedUp: true },
        { accountId, backedUp: false },
      ],
    );
    assert.equal(desk.news.filter(({ kind }) => kind === 'passkey_backup_changed').length, 2);
  });
});

async function onlyPasskey(desk: PasskeyDesk, accountId: ConfirmationSubject['accountId']) {
  const [passkey] = await desk.stores.passkeys.listOf(accountId);
  assert.ok(passkey);
  return passkey;
}
