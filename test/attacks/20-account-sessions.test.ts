import assert from 'node:assert/strict';
import { AccountVisitor, noHold } from '../support/account-visitor.js';
import { type Holdfast, startHoldfast } from '../support/harness.js';
import { atOnce } from '../support/parallel.js';
import { formWith, Visitor } from '../support/visitor.js';

const names = ['holdfast_session', 'holdfast_session.sig'];

/** Threat 20: session ids at the account's pages, and what is left after its end. */
describe('threat 20: the sessions of an account', () => {
  let holdfast: Holdfast;
  before(async () => {
    holdfast = await startHoldfast(noHold);
  });
  after(() => holdfast.close());

  /** A browser with a copy of the session's cookies as they are now. */
  const copyOf = (person: AccountVisitor): AccountVisitor => {
    const { login, authenticator } = person;
    const copy = new AccountVisitor(holdfast, { login, authenticator });
    for (const name of names) {
      const cookie = person.visitor.cookies.get(name);
      if (cookie) copy.visitor.cookies.set(name, cookie);
    }
    return copy;
  };

  it('a confirmation gives a new session id, and the one before it is worthless', async () => {
    const person = await AccountVisitor.settled(holdfast);
    const stolen = copyOf(person);
    assert.equal(await stolen.isSignedIn(), true);
    await person.change('/account/export', 'export_data');
    assert.equal(await person.isSignedIn(), true);
    assert.equal(await stolen.isSignedIn(), false);
  });

  it('a refused confirmation gives none', async () => {
    const person = await AccountVisitor.settled(holdfast);
    const before = person.visitor.cookies.get('holdfast_session')?.value;
    await person.send('/account/export', { confirmation: '{}' });
    assert.equal(person.visitor.cookies.get('holdfast_session')?.value, before);
  });

  it('a cookie from before the sign-in opens no account', async () => {
    const visitor = new Visitor();
    const page = await visitor.follow(await visitor.get(`${holdfast.issuer}/account`));
    const planted = names.map((name) => [name, visitor.cookies.get(name)] as const);
    const form = formWith(page, 'acr');
    await visitor.follow(await visitor.post(form.action, { ...form.fields, login: 'ada' }));
    const thief = new Visitor();
    for (const [name, cookie] of planted) if (cookie) thief.cookies.set(name, cookie);
    assert.equal((await thief.get(`${holdfast.issuer}/account`)).status, 303);
  });

  it('nothing opens the account after a sign-out, a lock or its deletion', async () => {
    const endings: ((person: AccountVisitor) => Promise<unknown>)[] = [
      async (person) => {
        const { action, fields } = formWith(await person.look('/logout'), 'logout');
        await person.visitor.post(action, fields);
      },
      (person) => person.send('/account/lock'),
      (person) => person.change('/account/delete', 'delete_account'),
    ];
    for (const end of endings) {
      const person = await AccountVisitor.settled(holdfast);
      const stolen = copyOf(person);
      await end(person);
      for (const each of [person, stolen]) assert.equal(await each.isSignedIn(), false);
    }
  });

  it('of many deletions at once one is done, and nobody meets an error', async () => {
    const person = await AccountVisitor.settled(holdfast);
    const { id } = await person.account();
    const csrf = await person.csrf();
    const confirmations: string[] = [];
    for (let each = 0; each < 8; each += 1) confirmations.push(await person.confirm('delete_account'));
    const answers = await atOnce(confirmations.length, (index) => {
      const copy = copyOf(person);
      return copy.post('/account/delete', { csrf, confirmation: confirmations[index] ?? '' });
    });
    for (const { status, text } of answers) assert.ok([303, 401].includes(status), `${status} ${text}`);
    assert.equal(await holdfast.storage.accounts.find(id), undefined);
  });
});
