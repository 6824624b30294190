import assert from 'node:assert/strict';
import { DbscDevice } from '../support/dbsc-device.js';
import { type Holdfast, startHoldfast } from '../support/harness.js';
import { robbed } from '../support/robbed.js';
import type { Visit } from '../support/visitor.js';

/** Threat 18 where a device holds the session: a copied cookie that still works changes nothing that matters. */
describe('threat 18: whoever stole the session that a device holds', () => {
  let holdfast: Holdfast;
  before(async () => {
    holdfast = await startHoldfast({ issuer: 'https://id.localhost', accounts: { new_passkey_hold: 0 } });
  });
  after(() => holdfast.close());
  afterEach(() => holdfast.clock.reset());

  const assertSentBack = (answer: Visit) => {
    assert.equal(answer.status, 307, answer.text);
    assert.equal(answer.location, answer.url);
    const [bound] = answer.headers.getSetCookie().filter((line) => line.startsWith('__Host-holdfast_bound='));
    assert.match(bound ?? '', /^__Host-holdfast_bound=;.*1970/);
  };

  /** Nothing of hers is needed to try: the device's proof comes first. */
  const sensitive = [
    '/account/confirm/options',
    '/account/passkeys/new',
    '/account/passkeys/new/options',
    '/account/passkeys/x/remove',
    '/account/recovery-codes',
    '/account/email',
    '/account/export',
    '/account/delete',
  ];

  it('gets to no change that matters: the device has to prove itself', async () => {
    const { thief, victim } = await robbed(holdfast, { settled: true });
    holdfast.clock.advance(61);
    const csrf = await thief.csrf();
    const cookies = new Map(thief.visitor.cookies);
    for (const path of sensitive) {
      for (const [name, cookie] of cookies) thief.visitor.cookies.set(name, cookie);
      assertSentBack(await thief.post(path, { csrf }));
    }
    for (const [name, cookie] of cookies) thief.visitor.cookies.set(name, cookie);
    assert.equal(await thief.isSignedIn(), true, 'he can look');
    assert.equal(await victim.isSignedIn(), true);
  });

  it('adds no first passkey to an account without any, though the sign-in is fresh', async () => {
    const { thief, victim, device } = await robbed(holdfast);
    holdfast.clock.advance(61);
    assertSentBack(await thief.postJson('/account/passkeys/new/options', { csrf: await thief.csrf() }));
    assert.deepEqual(await victim.passkeyIds(), []);
    const signed = device.proofs.length;
    await victim.addFirstPasskey();
    assert.equal(device.proofs.length, signed + 1, 'her browser proved itself on the way');
    assert.equal((await victim.passkeyIds()).length, 1);
  });

  it('adds none within two minutes of a proof either without her passkey', async () => {
    const { thief, victim } = await robbed(holdfast, { settled: true });
    const answer = await thief.postJson('/account/passkeys/new/options', { csrf: await thief.csrf() });
    assert.ok([400, 403].includes(answer.status), `${answer.status}`);
    assert.equal((await victim.passkeyIds()).length, 1);
    await victim.addPasskey();
    assert.equal((await victim.passkeyIds()).length, 2);
  });

  it('adds none through a browser that has another session’s key', async () => {
    const { thief, victim } = await robbed(holdfast);
    const { device: own } = await robbed(holdfast);
    holdfast.clock.advance(61);
    const csrf = await thief.csrf();
    const mixed = new DbscDevice(holdfast, { cookies: thief.visitor.cookies });
    mixed.cookies.set(own.held.cookie, own.cookies.get(own.held.cookie) ?? { value: '', path: '/' });
    const answer = await mixed.postJson(`${holdfast.issuer}/account/passkeys/new/options`, { csrf });
    assert.notEqual(answer.status, 200);
    assert.deepEqual(await victim.passkeyIds(), []);
  });
});
