import assert from 'node:assert/strict';
import { AccountVisitor } from '../support/account-visitor.js';
import { DbscDevice, type Lie } from '../support/dbsc-device.js';
import { createDbscKey } from '../support/dbsc-proof.js';
import { type Holdfast, startHoldfast } from '../support/harness.js';
import { HttpsVisitor } from '../support/https-visitor.js';
import { authorizeUrl, pkce } from '../support/login.js';
import { unique } from '../support/records.js';
import { bringsBoundCookie, robbed, thiefOf } from '../support/robbed.js';
import { eventsDuring } from '../support/security-events.js';
import { formWith, type Visit } from '../support/visitor.js';

/** Threat 21: every cookie of a browser whose device holds the session is copied to another client, without the key. */
describe('threat 21: a stolen session that a device holds', () => {
  let holdfast: Holdfast;
  before(async () => {
    holdfast = await startHoldfast({ issuer: 'https://id.localhost' });
  });
  after(() => holdfast.close());
  afterEach(() => holdfast.clock.reset());

  const assertRefused = (answer: Visit) => {
    assert.equal(answer.status, 403, answer.text);
    assert.equal(bringsBoundCookie(answer), false);
  };

  it('is worth nothing once the bound cookie has ended, and the real browser goes on', async () => {
    const { victim, thief } = await robbed(holdfast);
    let lived = 0;
    while (await thief.isSignedIn()) {
      lived += 20;
      holdfast.clock.advance(20);
      assert.ok(lived <= 600, 'it lives on');
    }
    console.log(`      cookies copied a minute after the proof lived for ${lived} s more`);
    assert.ok(lived > 500, `${lived}`);
    assert.equal(await victim.isSignedIn(), true);
    assert.equal(await thief.isSignedIn(), false);
    const page = await thief.visitor.follow(await thief.get('/account'));
    assert.match(page.text, /name="acr"/, 'he is asked to sign in');
  });

  it('is worth nothing without the bound cookie, with one of another session, or one that was changed', async () => {
    const { device, victim, thief } = await robbed(holdfast);
    const [own, name] = [await robbed(holdfast), device.held.cookie];
    const { value = '' } = device.cookies.get(name) ?? {};
    const [id = '', issued = '', expires = '', mac = ''] = value.split('.');
    const later = (Number.parseInt(expires, 36) + 3_600_000).toString(36);
    const forged = [
      own.device.cookies.get(name)?.value ?? '',
      [id, issued, later, mac].join('.'),
      [own.device.held.id, issued, expires, mac].join('.'),
      id,
    ];
    for (const each of forged) {
      thief.visitor.cookies.set(name, { value: each, path: '/' });
      assert.equal(await thief.isSignedIn(), false, each);
    }
    thief.visitor.cookies.delete(name);
    assert.equal(await thief.isSignedIn(), false);
    for (const reason of ['quota_exceeded', 'unreachable', 'server_error']) {
      const skipped = { 'secure-session-skipped': `${reason};session_identifier="${id}"` };
      assert.notEqual((await thief.get('/account', skipped)).status, 200, reason);
    }
    assert.equal(await victim.isSignedIn(), true);
  });

  const lies: Record<string, (device: DbscDevice) => Promise<Lie>> = {
    'with another key': async () => ({ key: await createDbscKey() }),
    'with another key, brought along in jwk': async () => ({ key: await createDbscKey(), withKey: true }),
    'with a key of another algorithm': async () => ({ key: await createDbscKey('RS256') }),
    'with a jwk, though it be the right one': async () => ({ withKey: true }),
    'with alg none': async () => ({ header: { alg: 'none' } }),
    'with alg none and a jwk': async () => ({ header: { alg: 'none' }, withKey: true }),
    'of another type': async () => ({ header: { typ: 'JWT' } }),
    'with a challenge that nobody gave': async () => ({ challenge: 'A'.repeat(24) }),
    'with the proof of its registration': async ({ proofs }) => ({ proof: proofs[0] ?? '' }),
    'with two proofs joined': async ({ proofs }) => ({ proof: `${proofs.at(-1)}, ${proofs.at(-1)}` }),
    'made for another server': async () => ({ claims: { aud: 'https://evil.test/dbsc/refresh' } }),
    'with the challenge of another session': async () => {
      const other = await robbed(holdfast);
      return { challenge: other.device.held.challenge ?? '' };
    },
    'with another session’s key and challenge': async () => {
      const { device } = await robbed(holdfast);
      return { key: device.held.key, challenge: device.held.challenge ?? '' };
    },
  };
  for (const [name, lieOf] of Object.entries(lies)) {
    it(`is not renewed ${name}, and the real browser goes on`, async () => {
      const { device, victim } = await robbed(holdfast);
      const lie = await lieOf(device);
      const told = await eventsDuring(holdfast, 'session_proof_refused', async () => {
        assertRefused(await device.forgeRefresh(lie));
      });
      assert.equal(told.length, 1);
      holdfast.clock.advance(600);
      assert.equal(await victim.isSignedIn(), true);
    });
  }

  it('is not renewed with a proof that was used, half a minute later', async () => {
    const { device, victim } = await robbed(holdfast);
    holdfast.clock.advance(600);
    assert.equal(await victim.isSignedIn(), true);
    const used = device.proofs.at(-1) ?? '';
    holdfast.clock.advance(30);
    assertRefused(await device.forgeRefresh({ proof: used }));
    assert.equal((await device.refresh()).status, 200);
    assertRefused(await device.forgeRefresh({ proof: used }));
    assertRefused(await device.forgeRefresh({ proof: device.proofs[0] ?? '' }));
    assert.equal(await victim.isSignedIn(), true);
  });

  it('is not renewed without a proof, and who asks for challenges makes the browser sign in vain never', async () => {
    const { device, victim } = await robbed(holdfast);
    const known = device.held.challenge;
    for (const _try of Array.from({ length: 20 }))
      assertRefused(await device.forgeRefresh({ proof: undefined }));
    assert.equal(device.held.challenge, known);
    const signed = device.proofs.length;
    holdfast.clock.advance(600);
    assert.equal(await victim.isSignedIn(), true);
    assert.equal(device.proofs.length, signed + 1);
  });

  it('ends after five wrong proofs beside its own cookie', async () => {
    const { device, victim, thief } = await robbed(holdfast);
    const lie = { key: await createDbscKey() };
    for (const _try of [1, 2, 3, 4]) assertRefused(await device.forgeRefresh(lie));
    const fifth = await device.forgeRefresh(lie);
    assert.deepEqual(JSON.parse(fifth.text), { session_identifier: device.held.id, continue: false });
    assert.equal(await thief.isSignedIn(), false);
    assert.equal(await victim.isSignedIn(), false);
  });

  it('is not ended by whoever has no cookie of it, however many wrong proofs he sends', async () => {
    const { device, victim } = await robbed(holdfast);
    const lie = { key: await createDbscKey(), sessionId: device.held.id };
    const { device: own } = await robbed(holdfast);
    for (const _try of Array.from({ length: 8 })) assertRefused(await own.forgeRefresh(lie));
    assert.equal(await victim.isSignedIn(), true);
    holdfast.clock.advance(600);
    assert.equal(await victim.isSignedIn(), true);
  });

  it('is not taken over by binding it anew', async () => {
    const { device, victim, thief } = await robbed(holdfast);
    const used = device.offers.at(-1);
    assert.ok(used);
    const own = new DbscDevice(holdfast, { cookies: thief.visitor.cookies });
    const answer = await own.register(used);
    assert.equal(answer.status, 400, answer.text);
    assert.equal(bringsBoundCookie(answer), false);
    assert.equal(await victim.isSignedIn(), true);
  });
});

/** Threat 21 where no device holds the session: nobody comes to hold it but the browser of the login. */
describe('threat 21: a stolen session that no device holds yet', () => {
  let holdfast: Holdfast;
  before(async () => {
    holdfast = await startHoldfast({ issuer: 'https://id.localhost' });
  });
  after(() => holdfast.close());
  afterEach(() => holdfast.clock.reset());

  const unbound = async () => {
    const device = new DbscDevice(holdfast, { registers: false });
    const victim = await AccountVisitor.signedIn(holdfast, device);
    const [offer] = device.offers;
    assert.ok(offer, 'the login was offered to be bound');
    const thief = new DbscDevice(holdfast, { cookies: device.copyCookies(), registers: false });
    return { device, victim, offer, thief };
  };

  it('is bound by no key of a thief: he is offered nothing, and can’t use what others were', async () => {
    const { victim, offer, thief, device } = await unbound();
    const stolen = thiefOf(holdfast, victim);
    assert.equal(await stolen.isSignedIn(), true);
    await thief.get(`${holdfast.issuer}/account`);
    assert.deepEqual(thief.offers, []);
    const { offer: own } = await unbound();
    const [until = '', time = '', led = '', uid = '', mac = ''] = offer.challenge.split('.');
    for (const challenge of [
      own.challenge,
      '',
      'x',
      [until, time, led, uid, 'A'.repeat(43)].join('.'),
      [Number(until) + 60, time, led, uid, mac].join('.'),
      [until, time, '1', uid, mac].join('.'),
    ]) {
      assert.equal((await thief.forgeRegistration(offer, { challenge })).status, 400, challenge);
    }
    assert.equal((await device.register()).status, 200);
    assert.equal((await thief.forgeRegistration(offer)).status, 400, 'the first key wins');
  });

  it('is bound by no offer that is a minute old, by no proof without its key, and by none from another login', async () => {
    const { offer, thief, victim } = await unbound();
    const lies: Lie[] = [
      { withKey: false },
      { proof: undefined },
      { header: { alg: 'none' } },
      { claims: { aud: 'https://evil.test/dbsc/register' } },
    ];
    for (const lie of lies) assert.equal((await thief.forgeRegistration(offer, lie)).status, 400);
    const other = await AccountVisitor.signedIn(holdfast, new HttpsVisitor(holdfast));
    const cookies = other.visitor.cookies;
    assert.equal((await new DbscDevice(holdfast, { cookies }).forgeRegistration(offer)).status, 400);
    holdfast.clock.advance(60);
    assert.equal((await thief.forgeRegistration(offer)).status, 400);
    assert.equal((await new DbscDevice(holdfast).forgeRegistration(offer)).status, 400);
    assert.equal(await victim.isSignedIn(), true);
  });

  it('is bound without its cookie only where another site led to the login: Chromium sends none then', async () => {
    const elsewhere = { 'sec-fetch-site': 'cross-site' };
    const bare = () => new DbscDevice(holdfast, { registers: false });
    const { offer } = await unbound();
    assert.equal((await bare().forgeRegistration(offer, { headers: elsewhere })).status, 400);
    const device = new DbscDevice(holdfast, { registers: false });
    const url = authorizeUrl({ issuer: holdfast.issuer }, pkce().challenge);
    const form = formWith(await device.follow(await device.get(url)), 'acr');
    const posted = await device.post(form.action, { ...form.fields, login: unique('ada'), acr: '' });
    await device.get(posted.location ?? '', elsewhere);
    const [led] = device.offers;
    assert.ok(led);
    assert.equal((await bare().forgeRegistration(led, { headers: elsewhere })).status, 200);
    assert.equal((await device.register()).status, 400, 'the first key wins');
  });

  it('is not offered to whoever goes on from a page that she had opened after her login', async () => {
    const device = new DbscDevice(holdfast, { registers: false });
    const { url, login } = {
      url: authorizeUrl({ issuer: holdfast.issuer }, pkce().challenge),
      login: unique('ada'),
    };
    const page = await device.follow(await device.get(url));
    const form = formWith(page, 'acr');
    const consent = await device.follow(await device.post(form.action, { ...form.fields, login, acr: '' }));
    assert.equal(device.offers.length, 1);
    const thief = new DbscDevice(holdfast, { cookies: device.copyCookies(), registers: false });
    const opened = formWith(await thief.get(consent.url), 'decision');
    const end = await thief.follow(await thief.post(opened.action, opened.fields));
    assert.match(end.location ?? '', /code=/);
    assert.deepEqual(thief.offers, []);
  });

  it('lives for an hour from its login, however it is used', async () => {
    const { victim } = await unbound();
    const stolen = thiefOf(holdfast, victim);
    holdfast.clock.advance(1750);
    assert.equal(await stolen.isSignedIn(), true);
    holdfast.clock.advance(1750);
    assert.equal(await stolen.isSignedIn(), true);
    holdfast.clock.advance(101);
    assert.equal(await stolen.isSignedIn(), false);
  });
});
