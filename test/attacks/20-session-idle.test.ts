import assert from 'node:assert/strict';
import type { AccountId } from '../../src/accounts/account.js';
import { Device } from '../support/device.js';
import { type Holdfast, startHoldfast } from '../support/harness.js';
import { authorizeUrl, goThrough, pkce, refresh, signIn } from '../support/login.js';
import { unique } from '../support/records.js';
import { formWith, Visitor } from '../support/visitor.js';

/** ASVS 7.3.1, 7.4.2: a cookie that was stolen from a forgotten browser, and a login that a revocation overtook. */
describe('threat 20: sessions that should be over', () => {
  let holdfast: Holdfast;
  before(async () => {
    holdfast = await startHoldfast({ lifetimes: { session_idle: 600 } });
  });
  afterEach(() => holdfast.clock.reset());
  after(() => holdfast.close());

  const authorize = (parameters: Record<string, string> = {}) =>
    authorizeUrl({ issuer: holdfast.issuer, parameters }, pkce().challenge);

  const isSignedIn = async (visitor: Visitor) => {
    const page = await visitor.follow(await visitor.get(authorize({ prompt: '' })));
    return !page.text.includes('Sign in with a passkey');
  };

  it('a session that is used goes on, one that nobody used for the idle time is over', async () => {
    const visitor = new Visitor();
    await goThrough(visitor, authorize(), 'ada');
    for (let use = 0; use < 3; use += 1) {
      holdfast.clock.advance(599);
      assert.equal(await isSignedIn(visitor), true, `use ${use}`);
    }
    holdfast.clock.advance(601);
    assert.equal(await isSignedIn(visitor), false);
  });

  it('idleness ends what the cookie can do, not what the apps were given', async () => {
    const device = await Device.create(holdfast.clock);
    const { refreshToken } = await signIn({ issuer: holdfast.issuer, login: unique('idle') }, device);
    holdfast.clock.advance(1000);
    assert.equal((await refresh(holdfast.issuer, refreshToken, device)).status, 200);
  });

  it('a login that was verified before a revocation and finishes after it makes no session', async () => {
    const visitor = new Visitor();
    const login = unique('overtaken');
    await goThrough(new Visitor(), authorize(), login);
    const account = await holdfast.storage.accounts.findByLogin(login);
    const page = await visitor.follow(await visitor.get(authorize()));
    const { action, fields } = formWith(page, 'acr');
    const verified = await visitor.post(action, { ...fields, login, acr: '' });
    assert.equal(verified.status, 303);
    await holdfast.storage.accounts.revoke(account?.id as AccountId);
    await visitor.follow(verified);
    assert.equal(await isSignedIn(visitor), false);
  });
});
