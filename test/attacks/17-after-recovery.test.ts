import assert from 'node:assert/strict';
import type { SoftwareAuthenticator } from '../../examples/support/software-authenticator.js';
import type { ConfirmableAction } from '../../src/accounts/confirmation.js';
import { AppLogin, type Owner, recoverAs, signUpOwner } from '../support/account-owner.js';
import { type Holdfast, startHoldfast } from '../support/harness.js';
import { addPasskeyThere, answerDone } from '../support/recovering.js';
import { formWith, type Visit, Visitor } from '../support/visitor.js';

const hour = 3600;

/*
 * Threat 17: a thief who came in by a recovery has time. Whatever its owner does against him within three days must
 * leave him nothing.
 */
describe('threat 17: a thief who recovered an account', () => {
  let holdfast: Holdfast;
  before(async () => {
    holdfast = await startHoldfast({ accounts: { new_passkey_hold: 0 } });
  });
  afterEach(() => holdfast.clock.reset());
  after(() => holdfast.close());

  /** Signed in to the account's pages by a passkey, in a new browser. */
  const inConsole = async (authenticator: SoftwareAuthenticator) => {
    const login = new AppLogin(holdfast, authenticator);
    const page = await login.visitor.follow(await login.visitor.get(`${holdfast.issuer}/account`));
    return { login, page: await login.person.signIn(page) };
  };
  const post = (visitor: Visitor, page: Visit, path: string, fields: Record<string, string> = {}) =>
    visitor.post(holdfast.issuer + path, { csrf: formWith(page, 'csrf').fields['csrf'] ?? '', ...fields });
  const askToConfirm = async (visitor: Visitor, action: ConfirmableAction): Promise<Visit> => {
    const page = await visitor.get(`${holdfast.issuer}/account`);
    const csrf = formWith(page, 'csrf').fields['csrf'] ?? '';
    return visitor.postJson(`${holdfast.issuer}/account/confirm/options`, { csrf, action, target: '' });
  };
  /** The thief is in, at the page that offers him a passkey of his own. */
  const robbed = async (): Promise<{ owner: Owner; thief: AppLogin; done: Visit }> => {
    const owner = await signUpOwner(holdfast);
    const { login, done } = await recoverAs(holdfast, owner);
    return { owner, thief: login, done };
  };
  const passkeysOf = async ({ accountId }: Owner) => holdfast.storage.passkeys.listOf(accountId);

  it('plants no passkey any more after the owner has signed out everywhere', async () => {
    const { owner, thief, done } = await robbed();
    const options = JSON.parse((await thief.person.post(done, 'recovery/options', {})).text) as never;
    const response = thief.person.authenticator.register(options);
    const hers = await inConsole(owner.authenticator);
    assert.equal((await post(hers.login.visitor, hers.page, '/account/lock')).status, 303);
    assert.equal((await thief.person.post(done, 'recovery/result', { response })).status, 400);
    assert.equal((await thief.person.post(done, 'recovery/options', {})).status, 400);
    assert.equal((await passkeysOf(owner)).length, 1);
  });

  it('plants none after she has recovered it herself', async () => {
    const { owner, thief, done } = await robbed();
    await recoverAs(holdfast, owner, { index: 1 });
    assert.equal((await thief.person.post(done, 'recovery/options', {})).status, 400);
    assert.equal((await answerDone(thief.visitor, done, 'continue')).status, 400);
    assert.equal((await passkeysOf(owner)).length, 1);
  });

  it('changes nothing as long as she can undo it, though his passkey steps up by then', async () => {
    const { owner, thief, done } = await robbed();
    await addPasskeyThere(thief.person, done);
    const { link } = await holdfast.mails.waitFor(owner.email, 'you_are_back');
    holdfast.clock.advance(72 * hour - 60);
    const { login } = await inConsole(thief.person.authenticator);
    const answer = await askToConfirm(login.visitor, 'replace_recovery_codes');
    const options = JSON.parse(answer.text) as { allowCredentials: { id: string }[] };
    const asked = options.allowCredentials.map(({ id }) => id);
    const hers = owner.authenticator.passkeys.map(({ credentialId }) => credentialId.toString('base64url'));
    assert.deepEqual(asked, hers);
    // Whom the challenge was made for is up to our own check, not to his browser.
    const anyOfHis = { ...options, allowCredentials: [] } as never;
    const confirmation = JSON.stringify(login.person.authenticator.assert(anyOfHis));
    const page = await login.visitor.get(`${holdfast.issuer}/account`);
    await post(login.visitor, page, '/account/recovery-codes', { confirmation });
    const events = await holdfast.storage.accountEvents.listOf(owner.accountId, 100);
    assert.equal(events.filter(({ kind }) => kind === 'recovery_codes_made').length, 1);
    const form = formWith(await new Visitor().get(link ?? ''), 'csrf');
    assert.equal((await new Visitor().post(form.action, form.fields)).status, 303);
    assert.equal((await passkeysOf(owner)).length, 1);
  });

  it('may change it once nobody undid it: it was she', async () => {
    const { thief, done } = await robbed();
    await addPasskeyThere(thief.person, done);
    holdfast.clock.advance(72 * hour + 60);
    const hers = await inConsole(thief.person.authenticator);
    const answer = await askToConfirm(hers.login.visitor, 'export_data');
    const confirmation = JSON.stringify(thief.person.authenticator.assert(JSON.parse(answer.text) as never));
    const page = await hers.login.visitor.get(`${holdfast.issuer}/account`);
    const exported = await post(hers.login.visitor, page, '/account/export', { confirmation });
    assert.equal(exported.status, 200);
    assert.match(exported.text, /"exported_at"/);
  });

  it('leaves her the passkey of her own recovery when she undoes his', async () => {
    const { owner, thief, done } = await robbed();
    await addPasskeyThere(thief.person, done);
    const { link } = await holdfast.mails.waitFor(owner.email, 'you_are_back');
    const hers = await recoverAs(holdfast, owner, { index: 1 });
    await addPasskeyThere(hers.login.person, hers.done);
    const form = formWith(await new Visitor().get(link ?? ''), 'csrf');
    assert.equal((await new Visitor().post(form.action, form.fields)).status, 303);
    const left = (await passkeysOf(owner)).map(({ credentialId }) => credentialId.toString('hex'));
    const own = [owner.authenticator, hers.login.person.authenticator].map(({ passkeys }) =>
      passkeys.at(-1)?.credentialId.toString('hex'),
    );
    assert.deepEqual(left, own);
  });

  it('loses a passkey that a node with a slower clock wrote down', async () => {
    const { owner, thief, done } = await robbed();
    holdfast.clock.advance(-5);
    await addPasskeyThere(thief.person, done);
    holdfast.clock.advance(5);
    const { link } = await holdfast.mails.waitFor(owner.email, 'you_are_back');
    const form = formWith(await new Visitor().get(link ?? ''), 'csrf');
    assert.equal((await new Visitor().post(form.action, form.fields)).status, 303);
    assert.equal((await passkeysOf(owner)).length, 1);
  });
});
