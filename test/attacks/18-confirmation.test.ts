import assert from 'node:assert/strict';
import type { SoftwareAuthenticator } from '../../examples/support/software-authenticator.js';
import type { AccountId } from '../../src/accounts/account.js';
import type { ConfirmationSubject } from '../../src/accounts/confirmation.js';
import { deskHold, PasskeyDesk, refusalOf, valueOf } from '../support/passkey-desk.js';

/*
 * Threat 18: a stolen session is not enough to change what keeps the account. Each change needs an assertion that was
 * made for it alone; a passkey that came in later can't confirm anything before its owner had time to notice.
 */
const sessionUid = 'her session';
const emailOf = (accountId: AccountId) =>
  ({ accountId, sessionUid, action: 'change_email', target: 'new@x.test' }) as const;

async function signedUp() {
  const desk = new PasskeyDesk();
  const authenticator = desk.authenticator();
  const { accountId } = await desk.register(authenticator);
  return { desk, authenticator, accountId };
}

async function confirm(
  desk: PasskeyDesk,
  authenticator: SoftwareAuthenticator,
  begun: ConfirmationSubject,
  finished: ConfirmationSubject = begun,
) {
  const options = valueOf(await desk.confirmation.begin(begun));
  return await desk.confirmation.finish(finished, authenticator.assert(options));
}

/** Adds a passkey the honest way. */
async function addPasskey(desk: PasskeyDesk, authenticator: SoftwareAuthenticator, accountId: AccountId) {
  const place = { accountId, sessionUid };
  const confirmation = valueOf(
    await confirm(desk, authenticator, { ...place, action: 'add_passkey', target: '' }),
  );
  const added = desk.authenticator();
  const options = valueOf(await desk.addPasskey.begin(place, { kind: 'confirmed', confirmation }));
  const passkey = valueOf(await desk.addPasskey.finish(place, added.register(options)));
  return { added, passkey };
}

describe('threat 18: a confirmation', () => {
  it('by her own passkey is accepted, and names what was confirmed', async () => {
    const { desk, authenticator, accountId } = await signedUp();
    const subject = emailOf(accountId);
    const confirmation = valueOf(await confirm(desk, authenticator, subject));
    const { action, target } = confirmation;
    assert.deepEqual({ action, target }, { action: 'change_email', target: 'new@x.test' });
    assert.ok(desk.told.some(({ event }) => event === 'changeConfirmed'));
  });

  it('is asked of the passkeys of the account alone', async () => {
    const { desk, authenticator, accountId } = await signedUp();
    await desk.register(desk.authenticator());
    const { allowCredentials, userVerification } = valueOf(await desk.confirmation.begin(emailOf(accountId)));
    assert.deepEqual(
      allowCredentials?.map(({ id }) => id),
      authenticator.passkeys.map(({ credentialId }) => credentialId.toString('base64url')),
    );
    assert.equal(userVerification, 'required');
  });

  const others: Record<string, [Partial<ConfirmationSubject>, RegExp]> = {
    'for another action': [{ action: 'delete_account' }, /made for change_email/],
    'for another target': [{ target: 'thief@x.test' }, /another target/],
    'in another session': [{ sessionUid: 'the thief’s session' }, /another interaction/],
  };
  for (const [name, [change, reason]] of Object.entries(others)) {
    it(`${name} is refused, and spent`, async () => {
      const { desk, authenticator, accountId } = await signedUp();
      const subject = emailOf(accountId);
      const options = valueOf(await desk.confirmation.begin(subject));
      const response = authenticator.assert(options);
      assert.match(refusalOf(await desk.confirmation.finish({ ...subject, ...change }, response)), reason);
      const again = authenticator.assert(options);
      assert.match(refusalOf(await desk.confirmation.finish(subject, again)), /^challenge_spent/);
    });
  }

  it('for another account is refused', async () => {
    const { desk, authenticator, accountId } = await signedUp();
    const thief = await desk.register(desk.authenticator());
    const begun = emailOf(thief.accountId);
    const outcome = await confirm(desk, authenticator, begun, { ...begun, accountId });
    assert.match(refusalOf(outcome), /another account/);
  });

  it('by the passkey of another account is refused, though its own challenge is answered', async () => {
    const { desk, accountId } = await signedUp();
    const thief = desk.authenticator();
    await desk.register(thief);
    assert.match(refusalOf(await confirm(desk, thief, emailOf(accountId))), /passkey is of another account/);
  });

  it('works once', async () => {
    const { desk, authenticator, accountId } = await signedUp();
    const subject = emailOf(accountId);
    const response = authenticator.assert(valueOf(await desk.confirmation.begin(subject)));
    valueOf(await desk.confirmation.finish(subject, response));
    assert.match(refusalOf(await desk.confirmation.finish(subject, response)), /^challenge_spent/);
  });

  it('is dead after five minutes', async () => {
    const { desk, authenticator, accountId } = await signedUp();
    const subject = emailOf(accountId);
    const response = authenticator.assert(valueOf(await desk.confirmation.begin(subject)));
    desk.clock.advance(300);
    assert.match(refusalOf(await desk.confirmation.finish(subject, response)), /^challenge_spent/);
  });

  it('is none by an assertion for a sign-in, nor a sign-in by one for a change', async () => {
    const { desk, authenticator, accountId } = await signedUp();
    const subject = emailOf(accountId);
    const signIn = authenticator.assert(await desk.signIn.begin(sessionUid));
    assert.match(refusalOf(await desk.confirmation.finish(subject, signIn)), /made for sign_in/);
    const change = authenticator.assert(valueOf(await desk.confirmation.begin(subject)));
    assert.match(refusalOf(await desk.signIn.finish(sessionUid, change)), /made for confirm/);
  });

  it('is none by no assertion at all', async () => {
    const { desk, accountId } = await signedUp();
    valueOf(await desk.confirmation.begin(emailOf(accountId)));
    for (const nothing of [undefined, null, {}, 'true']) {
      assert.match(
        refusalOf(await desk.confirmation.finish(emailOf(accountId), nothing)),
        /^passkey_rejected/,
      );
    }
  });
});

describe('threat 18: a passkey that joins an account', () => {
  it('by the confirmation of something else is our own bug, not a way in', async () => {
    const { desk, authenticator, accountId } = await signedUp();
    const confirmation = valueOf(await confirm(desk, authenticator, emailOf(accountId)));
    const place = { accountId, sessionUid };
    await assert.rejects(desk.addPasskey.begin(place, { kind: 'confirmed', confirmation }));
    await assert.rejects(desk.passkeys.remove({ accountId, credentialId: 'AAAA' }, confirmation));
  });

  it('as the first one is refused where there is one already', async () => {
    const { desk, accountId } = await signedUp();
    const place = { accountId, sessionUid };
    const authTime = Math.floor(desk.clock.now() / 1000);
    assert.match(
      refusalOf(await desk.addPasskey.begin(place, { kind: 'first', authTime })),
      /^confirmation_needed/,
    );
  });

  it('as the first one needs a sign-in of the last five minutes', async () => {
    const { desk, authenticator, accountId } = await signedUp();
    await desk.stores.forgetPasskeys(accountId);
    const place = { accountId, sessionUid };
    const now = Math.floor(desk.clock.now() / 1000);
    assert.match(
      refusalOf(await desk.addPasskey.begin(place, { kind: 'first', authTime: now - 301 })),
      /^sign_in_too_old/,
    );
    const options = valueOf(await desk.addPasskey.begin(place, { kind: 'first', authTime: now - 300 }));
    const { madeBy } = valueOf(await desk.addPasskey.finish(place, authenticator.register(options)));
    assert.equal(madeBy, 'first');
  });

  it('is refused where there are so many that browsers could not list them', async () => {
    const { desk, authenticator, accountId } = await signedUp();
    const [first] = await desk.stores.passkeys.listOf(accountId);
    assert.ok(first);
    for (let count = 1; count < 20; count += 1) {
      await desk.stores.passkeys.insert({ ...first, credentialId: Buffer.from(`passkey ${count}`) });
    }
    const place = { accountId, sessionUid };
    const confirmation = valueOf(
      await confirm(desk, authenticator, { ...place, action: 'add_passkey', target: '' }),
    );
    assert.match(
      refusalOf(await desk.addPasskey.begin(place, { kind: 'confirmed', confirmation })),
      /^passkeys_full/,
    );
  });

  it('as the first one after a recovery is held as long as what the recovery holds back', async () => {
    const { desk, accountId } = await signedUp();
    await desk.stores.forgetPasskeys(accountId);
    const paidTiersHeldUntil = new Date(desk.clock.now() + 3 * deskHold * 1000);
    await desk.stores.holdPaidTiers(accountId, paidTiersHeldUntil);
    const place = { accountId, sessionUid };
    const authTime = Math.floor(desk.clock.now() / 1000);
    const options = valueOf(await desk.addPasskey.begin(place, { kind: 'first', authTime }));
    const { stepUpFrom } = valueOf(
      await desk.addPasskey.finish(place, desk.authenticator().register(options)),
    );
    assert.deepEqual(stepUpFrom, paidTiersHeldUntil);
  });

  it('as the first one is refused when another one came first meanwhile', async () => {
    const { desk, accountId } = await signedUp();
    await desk.stores.forgetPasskeys(accountId);
    const place = { accountId, sessionUid };
    const reason = { kind: 'first', authTime: Math.floor(desk.clock.now() / 1000) } as const;
    const begun = [
      valueOf(await desk.addPasskey.begin(place, reason)),
      valueOf(await desk.addPasskey.begin(place, reason)),
    ];
    const outcomes = [];
    for (const options of begun) {
      outcomes.push(refusalOf(await desk.addPasskey.finish(place, desk.authenticator().register(options))));
    }
    assert.equal(outcomes[0], 'accepted');
    assert.match(outcomes[1] ?? '', /^confirmation_needed/);
  });

  it('is answered in the session and for the account that asked, or not at all', async () => {
    const { desk, authenticator, accountId } = await signedUp();
    const other = await desk.register(desk.authenticator());
    const place = { accountId, sessionUid };
    const begin = async () => {
      const confirmation = valueOf(
        await confirm(desk, authenticator, { ...place, action: 'add_passkey', target: '' }),
      );
      return desk
        .authenticator()
        .register(valueOf(await desk.addPasskey.begin(place, { kind: 'confirmed', confirmation })));
    };
    const elsewhere = await desk.addPasskey.finish({ ...place, sessionUid: 'another' }, await begin());
    assert.match(refusalOf(elsewhere), /^challenge_spent/);
    const stranger = await desk.addPasskey.finish({ ...place, accountId: other.accountId }, await begin());
    assert.match(refusalOf(stranger), /another account/);
    assert.equal((await desk.passkeys.list(accountId)).length, 1);
    assert.equal((await desk.passkeys.list(other.accountId)).length, 1);
  });

  it('gives only the weakest strength until its hold is over', async () => {
    const { desk, authenticator, accountId } = await signedUp();
    const { added } = await addPasskey(desk, authenticator, accountId);
    const acrBy = async (with_: SoftwareAuthenticator) =>
      valueOf(await desk.signIn.finish('uid', with_.assert(await desk.signIn.begin('uid')))).acr;
    assert.equal(await acrBy(added), 'urn:holdfast:acr:basic');
    assert.equal(await acrBy(authenticator), 'urn:holdfast:acr:phr');
    desk.clock.advance(deskHold - 1);
    assert.equal(await acrBy(added), 'urn:holdfast:acr:basic');
    desk.clock.advance(1);
    assert.equal(await acrBy(added), 'urn:holdfast:acr:phr');
  });

  it('confirms nothing until its hold is over, whatever it answers', async () => {
    const { desk, authenticator, accountId } = await signedUp();
    const { added, passkey } = await addPasskey(desk, authenticator, accountId);
    const subject = emailOf(accountId);
    const { allowCredentials = [] } = valueOf(await desk.confirmation.begin(subject));
    assert.ok(!allowCredentials.some(({ id }) => id === passkey.credentialId.toString('base64url')));
    assert.match(refusalOf(await confirm(desk, added, subject)), /^passkey_held/);
    desk.clock.advance(deskHold);
    valueOf(await confirm(desk, added, subject));
  });

  it('is told to its owner, in her history and by mail', async () => {
    const { desk, authenticator, accountId } = await signedUp();
    await desk.stores.verifyEmail(accountId, 'ada@example.org');
    const { passkey } = await addPasskey(desk, authenticator, accountId);
    assert.deepEqual(desk.passkeyNews, ['passkey_added']);
    const stepUpFrom = Number(passkey.stepUpFrom) / 1000;
    assert.deepEqual(desk.letters, [
      {
        to: 'ada@example.org',
        kind: 'passkey_added',
        locale: 'en',
        values: { passkey: passkey.name, stepUpFrom },
      },
    ]);
    assert.ok(desk.told.some(({ event }) => event === 'passkeyAdded'));
  });

  it('leaves an account whose only passkeys are held without any confirmation', async () => {
    const { desk, accountId } = await signedUp();
    await desk.stores.forgetPasskeys(accountId);
    const place = { accountId, sessionUid };
    const authTime = Math.floor(desk.clock.now() / 1000);
    const options = valueOf(await desk.addPasskey.begin(place, { kind: 'first', authTime }));
    valueOf(await desk.addPasskey.finish(place, desk.authenticator().register(options)));
    assert.match(refusalOf(await desk.confirmation.begin(emailOf(accountId))), /^confirmation_unavailable/);
  });
});
