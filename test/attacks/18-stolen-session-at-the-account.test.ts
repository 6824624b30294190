import assert from 'node:assert/strict';
import { SoftwareAuthenticator } from '../../examples/support/software-authenticator.js';
import { AccountVisitor } from '../support/account-visitor.js';
import { type Holdfast, startHoldfast } from '../support/harness.js';
import type { Visit } from '../support/visitor.js';

/** Seconds; shorter than an idle session lasts. */
const hold = 600;

/**
 * Threat 18 over the whole server: a thief has every cookie of a signed-in browser, and reads its pages as it does. He
 * has no passkey of hers, and gets none of his own in.
 */
describe('threat 18: whoever stole the session of an account', () => {
  let holdfast: Holdfast;
  before(async () => {
    holdfast = await startHoldfast({ accounts: { new_passkey_hold: hold } });
  });
  after(() => holdfast.close());
  afterEach(() => holdfast.clock.reset());

  /** Somebody whose first passkey may confirm, and a thief in her session with an authenticator of his own. */
  const robbed = async () => {
    const victim = await AccountVisitor.settled(holdfast);
    holdfast.clock.advance(hold);
    const thief = new AccountVisitor(holdfast, { login: victim.login });
    steal(victim, thief);
    assert.equal(await thief.isSignedIn(), true);
    return { victim, thief };
  };
  const steal = ({ visitor: { cookies } }: AccountVisitor, { visitor }: AccountVisitor) => {
    for (const [name, cookie] of cookies) visitor.cookies.set(name, cookie);
  };
  const options = async (thief: AccountVisitor, body: object): Promise<Visit> =>
    await thief.postJson('/account/passkeys/new/options', { csrf: await thief.csrf(), ...body });
  const planted = async (victim: AccountVisitor) => (await victim.passkeyIds()).length - 1;

  it('adds no passkey without an assertion, though he signed in a moment ago', async () => {
    const { victim, thief } = await robbed();
    for (const body of [{}, { confirmation: '' }, { confirmation: {} }, { confirmation: 'true' }]) {
      const answer = await options(thief, body);
      assert.ok(answer.status === 403 || answer.status === 400, `${answer.status} ${answer.text}`);
    }
    assert.equal(await planted(victim), 0);
  });

  it('adds none with an assertion that she gave for something else', async () => {
    const { victim, thief } = await robbed();
    for (const [action, target] of [
      ['export_data', ''],
      ['remove_passkey', (await victim.passkeyIds())[0] ?? ''],
      ['add_passkey', 'anything'],
    ] as const) {
      const confirmation = JSON.parse(await victim.confirm(action, target)) as object;
      const answer = await options(thief, { confirmation });
      assert.equal(answer.status, 400, answer.text);
      assert.match(answer.text, /challenge_spent/);
    }
    assert.equal(await planted(victim), 0);
  });

  it('adds none with an assertion of hers that is old or was used', async () => {
    const { victim, thief } = await robbed();
    const used = JSON.parse(await victim.confirm('add_passkey')) as object;
    assert.equal((await options(victim, { confirmation: used })).status, 200);
    assert.equal(await thief.isSignedIn(), false, 'her confirmation gave the session another id');
    steal(victim, thief);
    assert.match((await options(thief, { confirmation: used })).text, /challenge_spent/);
    const old = JSON.parse(await victim.confirm('add_passkey')) as object;
    holdfast.clock.advance(300);
    assert.match((await options(thief, { confirmation: old })).text, /challenge_spent/);
    assert.equal(await planted(victim), 0);
  });

  it('adds none with an assertion of his own, in her session or in his', async () => {
    const { victim, thief } = await robbed();
    const own = await AccountVisitor.settled(holdfast);
    holdfast.clock.advance(hold);
    const confirmation = JSON.parse(await own.confirm('add_passkey')) as object;
    assert.match((await options(thief, { confirmation })).text, /challenge_spent/);
    const hers = await thief.postJson('/account/confirm/options', {
      csrf: await thief.csrf(),
      action: 'add_passkey',
      target: '',
    });
    const answered = own.authenticator.assert(JSON.parse(hers.text) as never);
    assert.match((await options(thief, { confirmation: answered })).text, /of another account/);
    assert.equal(await planted(victim), 0);
  });

  it('can’t finish in her session what he began in his', async () => {
    const { victim, thief } = await robbed();
    const own = await AccountVisitor.settled(holdfast);
    holdfast.clock.advance(hold);
    const confirmation = JSON.parse(await own.confirm('add_passkey')) as object;
    const creation = await options(own, { confirmation });
    const made = new SoftwareAuthenticator(holdfast.issuer).register(JSON.parse(creation.text) as never);
    await thief.send('/account/passkeys/new', { registration: JSON.stringify(made) });
    assert.equal(await planted(victim), 0);
  });

  it('who got a passkey in all the same can’t confirm with it before she has read the mail', async () => {
    const { victim } = await robbed();
    const letters = async () => (await victim.history()).filter((kind) => kind === 'passkey_added').length;
    const before = await letters();
    const thief = new AccountVisitor(holdfast, {
      login: victim.login,
      authenticator: new SoftwareAuthenticator(holdfast.issuer),
    });
    steal(victim, thief);
    // As malware on her device would: she confirms, he makes the passkey.
    assert.equal((await victim.addPasskey(thief.authenticator)).status, 303);
    assert.equal(await letters(), before + 1);
    steal(victim, thief);
    const confirmation = await thief.confirm('replace_recovery_codes');
    const refused = await thief.send('/account/recovery-codes', { confirmation });
    assert.notEqual(refused.status, 200);
    assert.equal(await holdfast.storage.recoveryCodes.countLeft(await victim.accountId()), 0);
    holdfast.clock.advance(hold);
    const later = await thief.change('/account/recovery-codes', 'replace_recovery_codes');
    assert.equal(later.status, 200, 'the hold ends');
  });
});
