import assert from 'node:assert/strict';
import { decodeJwt } from 'jose';
import { AppLogin, type AppTokens, type Owner, recoverAs, signUpOwner } from '../support/account-owner.js';
import { type Holdfast, startHoldfast } from '../support/harness.js';
import { introspect, refresh } from '../support/login.js';
import {
  addPasskeyThere,
  answerDone,
  askForRecovery,
  typeMailCode,
  typeRecoveryCode,
} from '../support/recovering.js';
import { formWith, type Visit, Visitor } from '../support/visitor.js';

const basic = 'urn:holdfast:acr:basic';
const phr = 'urn:holdfast:acr:phr';
const hour = 3600;

/* Threat 17: whoever can't get past a passkey goes around it, by way of the recovery. */
describe('threat 17: a recovery', () => {
  let holdfast: Holdfast;
  before(async () => {
    holdfast = await startHoldfast({ accounts: { new_passkey_hold: 0, email_at_sign_up: 'optional' } });
  });
  afterEach(() => holdfast.clock.reset());
  after(() => holdfast.close());

  const account = async ({ accountId }: Owner) => {
    const found = await holdfast.storage.accounts.find(accountId);
    assert.ok(found);
    return found;
  };
  const demanding = (acr: string) => ({
    claims: JSON.stringify({ id_token: { acr: { essential: true, value: acr } } }),
  });
  const strengthOf = ({ body }: AppTokens) => {
    const { acr, amr } = decodeJwt(String(body['id_token']));
    return { acr, amr };
  };
  const isActive = async ({ body }: AppTokens) =>
    (await introspect(holdfast.issuer, String(body['access_token']))).body['active'];
  const refreshed = async ({ body, device }: AppTokens) =>
    refresh(holdfast.issuer, String(body['refresh_token']), device);
  /** The link in the mail about the newest recovery. */
  const undoLink = async ({ email }: Owner) => {
    const { link } = await holdfast.mails.waitFor(email, 'you_are_back');
    assert.ok(link);
    return link;
  };
  const undo = async (link: string): Promise<Visit> => {
    const visitor = new Visitor();
    const form = formWith(await visitor.get(link), 'csrf');
    return visitor.follow(await visitor.post(form.action, form.fields));
  };
  /** The page that asks for a recovery code, in a new browser. */
  const atRecoveryCode = async ({ email }: Owner) => {
    const login = new AppLogin(holdfast);
    const { visitor } = login;
    const page = await askForRecovery(visitor, await login.begin(), email);
    const { code } = await holdfast.mails.waitFor(email, 'recovery_code_mail');
    return { visitor, page: await typeMailCode(visitor, page, code ?? '') };
  };
  /** A sign-in with the passkeys of `authenticator`, in a new browser. */
  const signIn = async (owner: Pick<Owner, 'authenticator'>, parameters: Record<string, string> = {}) => {
    const login = new AppLogin(holdfast, owner.authenticator);
    return { login, page: await login.person.signIn(await login.begin(parameters)) };
  };

  describe('gives the weakest strength and no more', () => {
    it('in its tokens, also after refreshing', async () => {
      const { login, done } = await recoverAs(holdfast, await signUpOwner(holdfast));
      const tokens = await login.tokens(await answerDone(login.visitor, done, 'continue'));
      assert.deepEqual(strengthOf(tokens), { acr: basic, amr: ['otp'] });
      const { status, body } = await refreshed(tokens);
      assert.equal(status, 200);
      assert.equal(decodeJwt(String(body['id_token']))['acr'], basic);
      const { body: told } = await introspect(holdfast.issuer, String(body['access_token']));
      assert.equal(told['acr'], basic);
    });

    it('to an app that demands a passkey', async () => {
      const owner = await signUpOwner(holdfast);
      const { login, done } = await recoverAs(holdfast, owner, { parameters: demanding(phr) });
      const end = await answerDone(login.visitor, done, 'continue');
      assert.ok(end.location, 'it went on to consent');
      const { searchParams } = new URL(end.location);
      assert.equal(searchParams.get('error'), 'unmet_authentication_requirements');
      assert.equal(searchParams.get('code'), null);
    });

    it('by its session, when an app demands more later', async () => {
      const { login, done } = await recoverAs(holdfast, await signUpOwner(holdfast));
      await login.tokens(await answerDone(login.visitor, done, 'continue'));
      const page = await login.begin(demanding(phr));
      assert.match(page.text, /data-passkey="sign-in"/);
    });

    it('through a passkey that it added, until the hold is over', async () => {
      const { login, done } = await recoverAs(holdfast, await signUpOwner(holdfast));
      const added = await addPasskeyThere(login.person, done);
      assert.match(added.text, /You added a new passkey/);
      const thief = { authenticator: login.person.authenticator };
      const weak = await signIn(thief);
      assert.equal(strengthOf(await weak.login.tokens(weak.page)).acr, basic);
      const refused = await signIn(thief, demanding(phr));
      assert.match(refused.page.location ?? '', /error=unmet_authentication_requirements/);
      holdfast.clock.advance(24 * hour - 60);
      const still = await signIn(thief);
      assert.equal(strengthOf(await still.login.tokens(still.page)).acr, basic);
      holdfast.clock.advance(120);
      const strong = await signIn(thief);
      assert.equal(strengthOf(await strong.login.tokens(strong.page)).acr, phr);
    });
  });

  describe('cuts everything else off, and tells the owner', () => {
    it('ends her sessions and tokens before it begins its own', async () => {
      const owner = await signUpOwner(holdfast);
      const before = await owner.login.tokens(owner.consent);
      assert.equal(await isActive(before), true);
      const { login, done } = await recoverAs(holdfast, owner);
      assert.equal(await isActive(before), false);
      assert.equal((await refreshed(before)).body['error'], 'invalid_grant');
      assert.match((await owner.login.begin({ prompt: '' })).text, /data-passkey="sign-in"/);
      const after = await login.tokens(await answerDone(login.visitor, done, 'continue'));
      assert.equal(await isActive(after), true);
    });

    it('holds paid tiers back for a day', async () => {
      const owner = await signUpOwner(holdfast);
      const before = holdfast.clock.now();
      const { done } = await recoverAs(holdfast, owner);
      const { paidTiersHeldUntil } = await account(owner);
      const held = Number(paidTiersHeldUntil) - before;
      assert.ok(held >= 24 * hour * 1000 && held < 24 * hour * 1000 + 30_000, String(held));
      assert.match(done.text, /Premium and Frontier models open/);
    });

    it('mails its owner a link that undoes it, and writes it into her history', async () => {
      const owner = await signUpOwner(holdfast);
      await recoverAs(holdfast, owner);
      assert.match(await undoLink(owner), new RegExp(`^${holdfast.issuer}/recovery/undo/[\\w-]{43}$`));
      const events = await holdfast.storage.accountEvents.listOf(owner.accountId, 5);
      assert.ok(events.some(({ kind }) => kind === 'recovered'));
    });
  });

  describe('takes a recovery code', () => {
    it('once', async () => {
      const owner = await signUpOwner(holdfast);
      await recoverAs(holdfast, owner);
      const { done } = await recoverAs(holdfast, owner);
      assert.match(done.text, /That recovery code did not work/);
      assert.equal(await holdfast.storage.recoveryCodes.countLeft(owner.accountId), 9);
    });

    it('of its own account alone, and changes nothing for any other', async () => {
      const [owner, other] = [await signUpOwner(holdfast), await signUpOwner(holdfast)];
      const { done } = await recoverAs(holdfast, { ...owner, codes: other.codes });
      assert.match(done.text, /That recovery code did not work/);
      assert.equal((await account(owner)).generation, 0);
      assert.equal((await account(owner)).paidTiersHeldUntil, undefined);
      assert.equal(await holdfast.storage.recoveryCodes.countLeft(other.accountId), 10);
    });

    it('not in an interaction whose address was not proven', async () => {
      const owner = await signUpOwner(holdfast);
      const login = new AppLogin(holdfast);
      const page = await login.begin();
      const lost = { email: owner.email, mails: holdfast.mails, code: owner.codes[0] ?? '' };
      const csrf = /data-csrf="([^"]+)"/.exec(page.text)?.[1] ?? '';
      const fields = { csrf, recovery_code: lost.code, email: lost.email, account_id: owner.accountId };
      const answer = await login.visitor.post(`${page.url}/recovery/recovery-code`, fields);
      assert.equal((await login.visitor.follow(answer)).url, `${page.url}/recovery`);
      assert.equal(await holdfast.storage.recoveryCodes.countLeft(owner.accountId), 10);
    });

    it('not by an address that is no longer hers', async () => {
      const owner = await signUpOwner(holdfast);
      const { visitor, page } = await atRecoveryCode(owner);
      await holdfast.storage.accounts.setEmail(owner.accountId, `new.${owner.email}`);
      const answer = await typeRecoveryCode(visitor, page, owner.codes[0] ?? '');
      assert.match(answer.text, /That recovery code did not work/);
      assert.equal(await holdfast.storage.recoveryCodes.countLeft(owner.accountId), 10);
    });

    it('not of an account that was disabled meanwhile', async () => {
      const owner = await signUpOwner(holdfast);
      const { visitor, page } = await atRecoveryCode(owner);
      await holdfast.storage.accounts.disable(owner.accountId, new Date(holdfast.clock.now()));
      const answer = await typeRecoveryCode(visitor, page, owner.codes[0] ?? '');
      assert.match(answer.text, /That recovery code did not work/);
      assert.equal(await holdfast.storage.recoveryCodes.countLeft(owner.accountId), 10);
    });
  });

  describe('can be undone', () => {
    it('by the link: its session, its tokens and its passkey end, hers works', async () => {
      const owner = await signUpOwner(holdfast);
      const { login, done } = await recoverAs(holdfast, owner);
      await addPasskeyThere(login.person, done);
      const tokens = await login.tokens(
        await answerDone(login.visitor, await login.visitor.get(done.url), 'continue'),
      );
      assert.equal(await isActive(tokens), true);
      const undone = await undo(await undoLink(owner));
      assert.match(undone.text, /It is undone/);
      assert.match(undone.text, /href="\/account"/, 'she is led to where she signs in again');
      assert.equal(await isActive(tokens), false);
      assert.equal((await refreshed(tokens)).status, 400);
      assert.match((await login.begin()).text, /data-passkey="sign-in"/);
      const again = new AppLogin(holdfast, login.person.authenticator);
      await assert.rejects(again.person.signIn(await again.begin()), /passkey|unknown_credential/);
      const hers = await signIn(owner);
      assert.equal(strengthOf(await hers.login.tokens(hers.page)).acr, phr);
    });

    it('before anything was made of it: then nothing can be', async () => {
      const owner = await signUpOwner(holdfast);
      const { login, done } = await recoverAs(holdfast, owner);
      const options = JSON.parse((await login.person.post(done, 'recovery/options', {})).text) as never;
      const response = login.person.authenticator.register(options);
      await undo(await undoLink(owner));
      assert.equal((await login.person.post(done, 'recovery/result', { response })).status, 400);
      assert.equal((await login.person.post(done, 'recovery/options', {})).status, 400);
      assert.equal((await answerDone(login.visitor, done, 'continue')).status, 400);
      assert.match((await login.visitor.follow(await login.visitor.get(done.url))).text, /It is undone/);
      assert.equal((await holdfast.storage.passkeys.listOf(owner.accountId)).length, 1);
    });

    it('after she went on, but before her browser came back: the sign-in under way is void', async () => {
      const owner = await signUpOwner(holdfast);
      const { login, done } = await recoverAs(holdfast, owner);
      const { action, fields } = formWith(done, 'answer');
      const onward = await login.visitor.post(action, { ...fields, answer: 'continue' });
      assert.equal(onward.status, 303);
      await undo(await undoLink(owner));
      await login.visitor.follow(onward);
      assert.match((await login.begin()).text, /data-passkey="sign-in"/);
    });

    it('once, and not by opening the link', async () => {
      const owner = await signUpOwner(holdfast);
      const { login, done } = await recoverAs(holdfast, owner);
      const tokens = await login.tokens(await answerDone(login.visitor, done, 'continue'));
      const link = await undoLink(owner);
      const page = await new Visitor().get(link);
      assert.match(page.text, /Wasn’t it you\?/);
      assert.equal(await isActive(tokens), true);
      await undo(link);
      const second = await signIn(owner);
      const hers = await second.login.tokens(second.page);
      const used = await new Visitor().get(link);
      assert.equal(used.status, 400);
      assert.match(used.text, /This link no longer works/);
      const form = formWith(page, 'csrf');
      assert.equal((await new Visitor().post(form.action, form.fields)).status, 400);
      assert.equal(await isActive(hers), true);
    });

    it('for three days', async () => {
      const owner = await signUpOwner(holdfast);
      await recoverAs(holdfast, owner);
      const link = await undoLink(owner);
      holdfast.clock.advance(72 * hour - 60);
      assert.equal((await new Visitor().get(link)).status, 200);
      holdfast.clock.advance(120);
      assert.equal((await new Visitor().get(link)).status, 400);
    });

    it('without lifting the hold', async () => {
      const owner = await signUpOwner(holdfast);
      await recoverAs(holdfast, owner);
      const { paidTiersHeldUntil } = await account(owner);
      await undo(await undoLink(owner));
      assert.deepEqual((await account(owner)).paidTiersHeldUntil, paidTiersHeldUntil);
    });

    it('by nobody who has not the link: not from another site, not with a made-up one', async () => {
      const owner = await signUpOwner(holdfast);
      await recoverAs(holdfast, owner);
      const link = await undoLink(owner);
      const { fields } = formWith(await new Visitor().get(link), 'csrf');
      const visitor = new Visitor();
      assert.equal((await visitor.post(link, fields, { origin: 'https://evil.test' })).status, 403);
      assert.equal((await visitor.post(link, {})).status, 403);
      assert.equal((await visitor.post(link, { csrf: 'A'.repeat(43) })).status, 403);
      const other = link.replace(/[\w-]{43}$/, 'A'.repeat(43));
      assert.equal((await visitor.get(other)).status, 400);
      assert.equal((await visitor.post(other, fields)).status, 403);
      assert.equal((await new Visitor().get(link)).status, 200);
    });

    it('in the browser that recovered, by a button', async () => {
      const owner = await signUpOwner(holdfast);
      const { login, done } = await recoverAs(holdfast, owner);
      assert.match((await answerDone(login.visitor, done, 'undo')).text, /It is undone/);
      assert.equal((await new Visitor().get(await undoLink(owner))).status, 400);
    });
  });

  it('belongs to the browser that made its steps (threat 20)', async () => {
    const owner = await signUpOwner(holdfast);
    const { login, done } = await recoverAs(holdfast, owner);
    const planter = new Visitor();
    for (const [name, cookie] of login.visitor.cookies) {
      // All that he could have planted before she began.
      if (name.startsWith('holdfast_interaction')) planter.cookies.set(name, cookie);
    }
    const { action, fields } = formWith(done, 'answer');
    assert.equal((await planter.post(action, { ...fields, answer: 'continue' })).status, 400);
    assert.doesNotMatch((await planter.follow(await planter.get(done.url))).text, /You’re back in/);
  });
});
