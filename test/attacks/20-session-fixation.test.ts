import assert from 'node:assert/strict';
import { type Holdfast, startHoldfast } from '../support/harness.js';
import { authorizeUrl, goThrough, pkce } from '../support/login.js';
import { PasskeyVisitor } from '../support/passkey-visitor.js';
import { formWith, Visitor } from '../support/visitor.js';

const sessionCookie = 'holdfast_session';

/** Threat 20: a session id that an attacker knew before the login is worth nothing after it. */
describe('threat 20: session fixation', () => {
  let holdfast: Holdfast;
  before(async () => {
    holdfast = await startHoldfast();
  });
  after(() => holdfast.close());

  const authorize = (parameters: Record<string, string> = {}) =>
    authorizeUrl({ issuer: holdfast.issuer, parameters }, pkce().challenge);

  const sessionOf = (visitor: Visitor) => visitor.cookies.get(sessionCookie)?.value;

  /** Whether somebody with this session id (and its signature) is signed in. */
  const isSignedIn = async (value: string, signature: string) => {
    const thief = new Visitor();
    thief.cookies.set(sessionCookie, { value, path: '/' });
    thief.cookies.set(`${sessionCookie}.sig`, { value: signature, path: '/' });
    const page = await thief.follow(await thief.get(authorize({ prompt: '' })));
    return !page.text.includes('Sign in with a passkey');
  };

  const copyOf = (visitor: Visitor): [string, string] => [
    sessionOf(visitor) ?? '',
    visitor.cookies.get(`${sessionCookie}.sig`)?.value ?? '',
  ];

  it('a login gives a new session id, and the one before it signs nobody in', async () => {
    const visitor = new Visitor();
    const page = await visitor.follow(await visitor.get(authorize()));
    const planted = copyOf(visitor);
    const form = formWith(page, 'acr');
    await visitor.follow(await visitor.post(form.action, { ...form.fields, login: 'ada' }));
    const own = copyOf(visitor);
    assert.ok(own[0], 'there is a session after the login');
    assert.notEqual(own[0], planted[0]);
    assert.equal(await isSignedIn(...own), true);
    if (planted[0]) assert.equal(await isSignedIn(...planted), false);
  });

  it('a second login in the same browser ends the first one’s id', async () => {
    const visitor = new Visitor();
    await goThrough(visitor, authorize(), 'ada');
    const first = copyOf(visitor);
    const login = formWith(await visitor.follow(await visitor.get(authorize({ prompt: 'login' }))), 'acr');
    const handOver = await visitor.follow(
      await visitor.post(login.action, { ...login.fields, login: 'grace' }),
    );
    const logout = formWith(handOver, 'xsrf');
    await visitor.follow(await visitor.post(logout.action, logout.fields));
    const second = copyOf(visitor);
    assert.notEqual(first[0], second[0]);
    assert.equal(await isSignedIn(...first), false);
    assert.equal(await isSignedIn(...second), true);
  });

  it('a passkey login gives a new session id too', async () => {
    const person = new PasskeyVisitor(holdfast.issuer);
    await person.signUp(await person.arrive());
    const first = copyOf(person.visitor);
    await person.signIn(await person.arrive({ prompt: 'login' }));
    const second = copyOf(person.visitor);
    assert.notEqual(first[0], second[0]);
    assert.equal(await isSignedIn(...first), false);
  });

  it('a signed-out session id signs nobody in', async () => {
    const visitor = new Visitor();
    await goThrough(visitor, authorize(), 'ada');
    const own = copyOf(visitor);
    const { action, fields } = formWith(await visitor.get(`${holdfast.issuer}/logout`), 'logout');
    assert.equal((await visitor.post(action, fields)).status, 303);
    assert.equal(await isSignedIn(...own), false);
  });

  it('a session id that the server never made is not taken on', async () => {
    const visitor = new Visitor();
    visitor.cookies.set(sessionCookie, { value: 'planted-by-an-attacker', path: '/' });
    await goThrough(visitor, authorize(), 'ada');
    assert.notEqual(sessionOf(visitor), 'planted-by-an-attacker');
  });
});
