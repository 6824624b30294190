import assert from 'node:assert/strict';
import { PasskeyDesk, refusalOf, valueOf } from '../../support/passkey-desk.js';

describe('signing in', () => {
  it('needs no name: the passkey says who it is', async () => {
    const desk = new PasskeyDesk();
    const authenticator = desk.authenticator();
    const { accountId } = await desk.register(authenticator);
    desk.clock.advance(60);
    const options = await desk.signIn.begin('one');
    assert.equal(options.allowCredentials, undefined);
    assert.equal(options.userVerification, 'required');
    const authentication = valueOf(await desk.signIn.finish('one', authenticator.assert(options)));
    assert.deepEqual(authentication, {
      accountId,
      accountGeneration: 0,
      acr: 'urn:holdfast:acr:phr',
      amr: ['pop', 'user', 'mfa'],
      authTime: Math.floor(desk.clock.now() / 1000),
    });
  });

  it('keeps the new sign count, the backup state and the time', async () => {
    const desk = new PasskeyDesk();
    const authenticator = desk.authenticator({ backupEligible: true });
    const { accountId } = await desk.register(authenticator);
    desk.clock.advance(60);
    const options = await desk.signIn.begin('one');
    const response = authenticator.assert(options, { flags: { backedUp: true }, signCount: 7 });
    valueOf(await desk.signIn.finish('one', response));
    const [passkey] = await desk.stores.passkeys.listOf(accountId);
    assert.equal(passkey?.signCount, 7);
    assert.equal(passkey?.backedUp, true);
    assert.equal(passkey?.lastUsedAt?.getTime(), desk.clock.now());
  });

  it('is never blocked by an authenticator that counts nothing', async () => {
    const desk = new PasskeyDesk();
    const authenticator = desk.authenticator();
    await desk.register(authenticator);
    for (const uid of ['one', 'two']) {
      const options = await desk.signIn.begin(uid);
      valueOf(await desk.signIn.finish(uid, authenticator.assert(options, { signCount: 0 })));
    }
  });

  it('refuses a disabled account, and says so only to the log', async () => {
    const desk = new PasskeyDesk();
    const authenticator = desk.authenticator();
    const { accountId } = await desk.register(authenticator);
    await desk.stores.accounts.disable(accountId, new Date(desk.clock.now()));
    const options = await desk.signIn.begin('one');
    const result = await desk.signIn.finish('one', authenticator.assert(options));
    assert.match(refusalOf(result), /^account_disabled/);
  });

  it('writes nothing about a passkey that it refuses', async () => {
    const desk = new PasskeyDesk();
    const authenticator = desk.authenticator();
    const { accountId } = await desk.register(authenticator);
    const before = await desk.stores.passkeys.listOf(accountId);
    const options = await desk.signIn.begin('one');
    await desk.signIn.finish('one', authenticator.assert(options, { userHandle: null, signCount: 9 }));
    assert.deepEqual(await desk.stores.passkeys.listOf(accountId), before);
  });

  it('asks the same of the database for an unknown passkey as for a known one', async () => {
    const desk = new PasskeyDesk();
    const known = desk.authenticator();
    await desk.register(known);
    const stranger = desk.authenticator();
    const elsewhere = new PasskeyDesk();
    await elsewhere.register(stranger);
    desk.stores.asked.length = 0;
    await desk.signIn.finish('one', known.assert(await desk.signIn.begin('one')));
    const askedForKnown = desk.stores.asked.splice(0);
    const refused = await desk.signIn.finish('two', stranger.assert(await desk.signIn.begin('two')));
    assert.match(refusalOf(refused), /^passkey_unknown/);
    assert.deepEqual(desk.stores.asked, askedForKnown);
  });

  it('reads nothing that does not have the shape of a response', async () => {
    const desk = new PasskeyDesk();
    for (const input of [undefined, null, 'x', {}, { id: 'a' }, { id: 'a', rawId: 'a', type: 'password' }]) {
      assert.match(refusalOf(await desk.signIn.finish('one', input)), /^passkey_rejected/);
    }
    assert.deepEqual(desk.stores.asked, []);
  });
});
