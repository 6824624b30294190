import assert from 'node:assert/strict';
import { AccountVisitor } from '../support/account-visitor.js';
import { DbscDevice } from '../support/dbsc-device.js';
import { type Holdfast, startHoldfast } from '../support/harness.js';
import { authorizeUrl, pkce } from '../support/login.js';
import { robbed, thiefOf } from '../support/robbed.js';
import { formWith } from '../support/visitor.js';

/** Threat 20, with keys: what an attacker planted before a login is neither her session after it nor bound by his key. */
describe('threat 20: fixation of a session that a device holds', () => {
  let holdfast: Holdfast;
  before(async () => {
    holdfast = await startHoldfast({ issuer: 'https://id.localhost' });
  });
  after(() => holdfast.close());
  afterEach(() => holdfast.clock.reset());

  it('cookies that he planted before her login are worth nothing after it, her offer included', async () => {
    const attacker = new DbscDevice(holdfast);
    const url = authorizeUrl({ issuer: holdfast.issuer }, pkce().challenge);
    await attacker.follow(await attacker.get(url));
    const device = new DbscDevice(holdfast, { cookies: attacker.copyCookies(), registers: false });
    const victim = await AccountVisitor.signedIn(holdfast, device);
    const [offer] = device.offers;
    assert.ok(offer);
    assert.equal((await attacker.forgeRegistration(offer)).status, 400);
    const planted = new AccountVisitor(holdfast, { login: victim.login, visitor: attacker });
    assert.equal(await planted.isSignedIn(), false);
    assert.equal((await device.register()).status, 200);
    assert.equal(await victim.isSignedIn(), true);
  });

  it('a new login is bound by a new session and key; the one before is over on its device too', async () => {
    const { device, victim } = await robbed(holdfast);
    const [before, cookies] = [device.held, device.copyCookies()];
    const { action, fields } = formWith(await device.get(`${holdfast.issuer}/logout`), 'logout');
    const end = await device.post(action, fields);
    assert.match(end.headers.get('clear-site-data') ?? '', /"(cookies|storage)"/);
    assert.equal(device.session, undefined);
    await victim.signIn();
    assert.notEqual(device.held.id, before.id);
    const old = new AccountVisitor(holdfast, {
      login: victim.login,
      visitor: new DbscDevice(holdfast, { cookies }),
    });
    assert.equal(await old.isSignedIn(), false);
    assert.equal(await thiefOf(holdfast, victim).isSignedIn(), true);
  });
});
