import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import type { AccountId } from '../../src/accounts/account.js';
import { type Holdfast, startHoldfast } from '../support/harness.js';
import { jsonOf, PasskeyVisitor } from '../support/passkey-visitor.js';
import { recoveryCodesOn } from '../support/recovery-codes-on.js';
import { formWith, type Visit } from '../support/visitor.js';

describe('a sign-up', () => {
  let holdfast: Holdfast;
  before(async () => {
    holdfast = await startHoldfast({
      accounts: { email_at_sign_up: 'required' },
      limits: { code_tries: 1000, code_tries_per_network: 100_000, mails_per_hour_per_network: 100_000 },
    });
  });
  after(() => holdfast.close());

  const someone = () => `Ada.${randomBytes(6).toString('hex')}@Example.org`;
  const visitor = () => new PasskeyVisitor(holdfast.issuer);
  const owner = ({ authenticator }: PasskeyVisitor) =>
    Buffer.from(authenticator.passkeys.at(-1)?.userHandle ?? '', 'base64url').toString() as AccountId;

  /** Fills in the first page. */
  const details = async (person: PasskeyVisitor, email: string, name = 'Ada'): Promise<Visit> =>
    person.beginSignUp(await person.arrive(), name, { email });
  const codeFor = async (email: string) => (await holdfast.mails.waitFor(email, 'sign_up_code')).code ?? '';
  const type = async (person: PasskeyVisitor, page: Visit, code: string) => {
    const { action, fields } = formWith(page, 'code');
    return person.visitor.follow(await person.visitor.post(action, { ...fields, code }));
  };
  /** Up to the page that shows the recovery codes. */
  const made = async (person: PasskeyVisitor, email: string): Promise<Visit> => {
    const page = await type(person, await details(person, email), await codeFor(email));
    const options = jsonOf(await person.post(page, 'sign-up/options', {}));
    const response = person.authenticator.register(options as never);
    return person.next(page, await person.post(page, 'sign-up/result', { response }));
  };
  const again = async (person: PasskeyVisitor, page: Visit) => {
    const { csrf = '' } = formWith(page, 'code').fields;
    const url = `${page.url.split('?')[0]}/again`;
    return person.visitor.follow(await person.visitor.post(url, { csrf }));
  };

  it('leads from the name by the code to the passkey, the recovery codes and the app', async () => {
    const person = visitor();
    const email = someone();
    const consent = await person.signUp(await person.arrive(), 'Ada', { email, mails: holdfast.mails });
    assert.match(consent.text, /Allow Tidewater Notebook\?/);
    const account = await holdfast.storage.accounts.find(owner(person));
    assert.equal(account?.email, email, 'as she typed it');
    assert.equal(account?.login, undefined);
    assert.equal(person.codes.length, 10);
    assert.equal(await holdfast.storage.recoveryCodes.countLeft(owner(person)), 10);
    const [event] = await holdfast.storage.accountEvents
      .listOf(owner(person), 10)
      .then((all) => all.toReversed());
    assert.equal(event?.kind, 'signed_up');
  });

  it('asks again for a name or an address that can’t stand, and keeps what was typed', async () => {
    for (const [name, email] of [
      ['Ada', ''],
      ['Ada', 'nowhere'],
      [' ', someone()],
    ] as const) {
      const page = await details(visitor(), email, name);
      assert.equal(page.status, 400);
      assert.match(page.text, /Please check the name and the e-mail address/);
      assert.equal(formWith(page, 'email').fields['email'], email);
    }
  });

  it('takes the code with the spaces that a mail program put in, once', async () => {
    const person = visitor();
    const email = someone();
    const page = await details(person, email);
    const code = await codeFor(email);
    const next = await type(person, page, ` ${code.slice(0, 3)} ${code.slice(3)} `);
    assert.match(next.text, /Create your passkey/);
    // The same form again, as a second tab would: the step that is due.
    assert.match((await type(person, page, code)).text, /Create your passkey/);
  });

  it('says that a code is wrong, and after five tries that it is gone, but not the new one', async () => {
    const person = visitor();
    const email = someone();
    let page = await details(person, email);
    const code = await codeFor(email);
    const wrong = code === '000000' ? '000001' : '000000';
    for (let tries = 0; tries < 5; tries += 1) {
      page = await type(person, page, wrong);
      assert.match(page.text, /That code is not right/);
    }
    page = await type(person, page, code);
    assert.match(page.text, /can no longer be used/);
    page = await again(person, page);
    assert.match(page.text, /A new code is on its way/);
    const fresh = await codeFor(email);
    assert.match((await type(person, page, fresh)).text, /Create your passkey/);
  });

  it('does not count what is no code as a try', async () => {
    const person = visitor();
    const email = someone();
    let page = await details(person, email);
    for (const typed of ['', '12345', 'abcdef', '1234567', '１２３']) page = await type(person, page, typed);
    assert.match((await type(person, page, await codeFor(email))).text, /Create your passkey/);
  });

  it('voids the old code by a new one, and makes five for one sign-in', async () => {
    const person = visitor();
    const email = someone();
    let page = await details(person, email);
    const first = await codeFor(email);
    for (let sent = 2; sent <= 5; sent += 1) page = await again(person, page);
    assert.match(page.text, /A new code is on its way/);
    assert.match((await type(person, page, first)).text, /not right/);
    assert.match((await again(person, page)).text, /no more codes for this sign-in/);
  });

  it('lets her change the address; only the code of the new one works', async () => {
    const person = visitor();
    const [mistyped, email] = [someone(), someone()];
    const page = await details(person, mistyped);
    const old = await codeFor(mistyped);
    const form = formWith(await person.visitor.get(page.url.replace(/\/code.*/, '')), 'display_name');
    assert.equal(form.fields['email'], mistyped);
    const next = await person.visitor.follow(
      await person.visitor.post(form.action, { ...form.fields, email }),
    );
    assert.match(next.text.replaceAll('<wbr/>', ''), new RegExp(email));
    assert.match((await type(person, next, old)).text, /not right/);
    assert.match((await type(person, next, await codeFor(email))).text, /Create your passkey/);
  });

  it('shows the page that is due, whichever is loaded', async () => {
    const person = visitor();
    const email = someone();
    const login = await person.arrive();
    const base = `${login.url}/sign-up`;
    const at = async (path: string) =>
      (await person.visitor.follow(await person.visitor.get(`${base}${path}`))).url;
    for (const path of ['/code', '/passkey', '/recovery-codes']) assert.equal(await at(path), base);
    const page = await person.beginSignUp(login, 'Ada', { email });
    for (const path of ['/passkey', '/recovery-codes']) assert.equal(await at(path), `${base}/code`);
    const passkey = await type(person, page, await codeFor(email));
    for (const path of ['/code', '/recovery-codes']) assert.equal(await at(path), `${base}/passkey`);
    const options = jsonOf(await person.post(passkey, 'sign-up/options', {}));
    const response = person.authenticator.register(options as never);
    jsonOf(await person.post(passkey, 'sign-up/result', { response }));
    for (const path of ['', '/code', '/passkey']) assert.equal(await at(path), `${base}/recovery-codes`);
  });

  it('shows the recovery codes until she says that she has them, also after a reload', async () => {
    const person = visitor();
    const page = await made(person, someone());
    const codes = recoveryCodesOn(page.text);
    assert.equal(codes.length, 10);
    assert.equal(new Set(codes).size, 10);
    assert.deepEqual(recoveryCodesOn((await person.visitor.get(page.url)).text), codes);
    const { action, fields } = formWith(page, 'codes');
    const answer = await person.visitor.post(action, { ...fields, codes: 'kept' });
    assert.equal(answer.status, 303);
    // Back, before the browser has gone on.
    const back = await person.visitor.get(page.url);
    assert.match(back.text, /You have seen them already/);
    assert.deepEqual(recoveryCodesOn(back.text), []);
    assert.match((await person.visitor.follow(answer)).text, /Allow Tidewater Notebook\?/);
  });

  it('leaves no codes where she puts them off', async () => {
    const person = visitor();
    const page = await made(person, someone());
    const { action, fields } = formWith(page, 'codes');
    const next = await person.visitor.follow(
      await person.visitor.post(action, { ...fields, codes: 'later' }),
    );
    assert.match(next.text, /Allow Tidewater Notebook\?/);
    assert.equal(await holdfast.storage.recoveryCodes.countLeft(owner(person)), 0);
  });

  it('makes one account of two sign-ups that proved one address', async () => {
    const email = someone();
    const [first, second] = [visitor(), visitor()];
    const pages: Visit[] = [];
    for (const person of [first, second]) {
      pages.push(await type(person, await details(person, email), await codeFor(email)));
    }
    const answers: Visit[] = [];
    for (const [index, person] of [first, second].entries()) {
      const page = pages[index] as Visit;
      const options = jsonOf(await person.post(page, 'sign-up/options', {}));
      const response = person.authenticator.register(options as never);
      answers.push(await person.post(page, 'sign-up/result', { response }));
    }
    assert.deepEqual(
      answers.map(({ status }) => status),
      [200, 400],
    );
    assert.match(answers[1]?.text ?? '', /account with this e-mail address/);
    assert.equal((await holdfast.storage.accounts.findByEmail(email))?.id, owner(first));
  });

  it('says that it is over once the interaction has expired', async () => {
    const person = visitor();
    const page = await details(person, someone());
    person.visitor.cookies.delete('holdfast_interaction');
    const gone = await person.visitor.get(page.url);
    assert.equal(gone.status, 400);
    assert.match(gone.text, /This sign-in is over/);
  });

  it('speaks Chinese, and writes its mails so', async () => {
    const person = visitor();
    const email = someone();
    const page = await person.beginSignUp(await person.arrive({ ui_locales: 'zh-TW' }), '王小明', { email });
    assert.match(page.text, /請查看你的郵件/);
    assert.match((await holdfast.mails.waitFor(email, 'sign_up_code')).text, /驗證碼/);
  });
});
