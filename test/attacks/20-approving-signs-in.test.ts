import assert from 'node:assert/strict';
import { decodeJwt } from 'jose';
import type { DeviceStore } from '../../src/binding/device-store.js';
import { sessionLimitsOf } from '../../src/provider/session-limits.js';
import { AccountVisitor, noHold } from '../support/account-visitor.js';
import { ApproveVisitor, headingOf } from '../support/approve-visitor.js';
import { askElsewhere } from '../support/asked-elsewhere.js';
import { Device } from '../support/device.js';
import { type Holdfast, startHoldfast } from '../support/harness.js';
import { logIn, redeem } from '../support/login.js';
import { formWith, Visitor } from '../support/visitor.js';

const names = ['holdfast_session', 'holdfast_session.sig'];
const signedInHere = /You’re signed in here, too\./;

/*
 * Threat 20: the answer to a request from elsewhere signs a signed-out browser in. Nobody gets that session by what he knew
 * before, nobody is signed in by somebody else's answer, and nobody loses hers to it.
 */
describe('threat 20: the sign-in by approving elsewhere', () => {
  let holdfast: Holdfast;
  let ada: AccountVisitor;
  before(async () => {
    // As long as a session that a device holds: what ends here is every session's end.
    holdfast = await startHoldfast({ ...noHold, sessions: { unbound: 10 * 86_400 } });
    ada = await AccountVisitor.settled(holdfast);
  });
  afterEach(() => holdfast.clock.reset());
  after(() => holdfast.close());

  const ask = async (changes = {}) => askElsewhere(holdfast, await ada.accountId(), changes);
  const at = (visitor = new Visitor()) => new ApproveVisitor(holdfast.issuer, visitor);
  const sessionsOf = async (person: AccountVisitor) =>
    holdfast.storage.sessions.listOf(await person.accountId(), {
      at: new Date(holdfast.clock.now()),
      ...sessionLimitsOf(holdfast.config),
    });
  const isSignedIn = async (visitor: Visitor) =>
    (await visitor.get(`${holdfast.issuer}/account`)).status === 200;
  /** The browser's own copy of its session's cookies. */
  const copyOf = (visitor: Visitor): Visitor => {
    const copy = new Visitor();
    for (const name of names) {
      const cookie = visitor.cookies.get(name);
      if (cookie) copy.cookies.set(name, cookie);
    }
    return copy;
  };
  /** A browser with a session of nobody's, signed by us and kept. */
  async function signedOut(): Promise<Visitor> {
    const visitor = new Visitor();
    await visitor.get(`${holdfast.issuer}/logout`);
    for (const name of names) assert.ok(visitor.cookies.has(name), name);
    return copyOf(visitor);
  }
  /** Who is signed in, by the page of the account. */
  const whoIs = async (visitor: Visitor) => {
    const { text } = await visitor.get(`${holdfast.issuer}/account`);
    return [ada, bob].find((person) => text.includes(`${person?.login}@example.com`));
  };
  let bob: AccountVisitor | undefined;
  const other = async () => (bob ??= await AccountVisitor.settled(holdfast));

  /** Something happens between her assertion and her session. */
  async function meanwhile<Value>(happening: () => Promise<unknown>, act: () => Promise<Value>) {
    const store = holdfast.storage.devices as { sightBrowser?: DeviceStore['sightBrowser'] };
    store.sightBrowser = async (...asked) => {
      delete store.sightBrowser;
      await happening();
      return holdfast.storage.devices.sightBrowser(...asked);
    };
    try {
      return await act();
    } finally {
      delete store.sightBrowser;
    }
  }

  it('has the strength and the time of that very assertion, and is told as any other', async () => {
    const { visitor } = at();
    const before = (await sessionsOf(ada)).length;
    holdfast.clock.advance(30);
    const approvedAt = Math.floor(holdfast.clock.now() / 1000);
    const page = await at(visitor).approve(await ask(), ada.authenticator);
    assert.equal(headingOf(page), 'Approved. You can close this page.');
    assert.match(page.text, signedInHere);
    assert.match(page.text, /href="\/account"/);
    assert.equal(await whoIs(visitor), ada);
    assert.equal((await sessionsOf(ada)).length, before + 1);
    assert.deepEqual((await ada.history()).slice(0, 2).toSorted(), ['calls_approved', 'signed_in']);
    assert.ok(visitor.cookies.has('holdfast_browser'));
    holdfast.clock.advance(60);
    const login = await logIn({ issuer: holdfast.issuer, visitor });
    const answer = await redeem(holdfast.issuer, login, await Device.create(holdfast.clock));
    const claims = decodeJwt(String(answer.body['id_token']));
    assert.equal(claims['acr'], 'urn:holdfast:acr:phr');
    assert.deepEqual(claims['amr'], ['pop', 'user', 'mfa']);
    const authTime = Number(claims['auth_time']);
    assert.ok(authTime >= approvedAt && authTime <= approvedAt + 5, `${authTime} ${approvedAt}`);
  });

  it('ends unused, and at the end of its life', async () => {
    const { session, session_idle: idle } = holdfast.config.lifetimes;
    const [used, unused] = [at(), at()];
    for (const each of [used, unused]) await each.approve(await ask(), ada.authenticator);
    for (let past = 0; past + idle - 60 < session; past += idle - 60) {
      assert.equal(await isSignedIn(used.visitor), true);
      holdfast.clock.advance(idle - 60);
    }
    assert.equal(await isSignedIn(unused.visitor), false);
    holdfast.clock.advance(idle - 60);
    assert.equal(await isSignedIn(used.visitor), false);
  });

  it('gives a new id: what was planted before opens nothing', async () => {
    const planted = await signedOut();
    const victim = copyOf(planted);
    await at(victim).approve(await ask(), ada.authenticator);
    assert.equal(await whoIs(victim), ada);
    assert.notEqual(
      victim.cookies.get('holdfast_session')?.value,
      planted.cookies.get('holdfast_session')?.value,
    );
    assert.equal(await isSignedIn(planted), false);
  });

  it('is none once the account was revoked since her assertion', async () => {
    const revoked = await AccountVisitor.settled(holdfast);
    const id = await revoked.accountId();
    const asked = await askElsewhere(holdfast, id);
    const { visitor } = at();
    const page = await meanwhile(
      () => holdfast.storage.accounts.revoke(id),
      () => at(visitor).approve(asked, revoked.authenticator),
    );
    assert.doesNotMatch(page.text, signedInHere);
    assert.equal(await isSignedIn(visitor), false);
    assert.deepEqual(await sessionsOf(revoked), []);
  });

  it('is none without an approval', async () => {
    const visitors = [];
    const wrong = at();
    const asked = await ask();
    await wrong.approve(asked, ada.authenticator, asked.wrong);
    const foreign = at();
    await foreign.approve(asked, (await other()).authenticator);
    const denied = at();
    await denied.answer(asked, 'deny');
    const weak = at();
    await weak.approve(await ask({ acr: 'urn:holdfast:acr:phrh' }), ada.authenticator);
    const late = at();
    const gone = await ask();
    const fields = await late.fields(gone);
    const assertion = await late.assertion(gone, ada.authenticator, fields);
    await at().answer(gone, 'not-me');
    await late.send(gone, { ...fields, number: gone.number, assertion });
    visitors.push(wrong, foreign, denied, weak, late);
    for (const [index, { visitor }] of visitors.entries())
      assert.equal(await isSignedIn(visitor), false, `visitor ${index}`);
  });

  it('never takes the place of who is signed in', async () => {
    const { visitor } = await (await other()).elsewhere();
    const before = copyOf(visitor);
    const sessions = (await sessionsOf(ada)).length;
    const page = await at(visitor).approve(await ask(), ada.authenticator);
    assert.equal(headingOf(page), 'Approved. You can close this page.');
    assert.doesNotMatch(page.text, signedInHere);
    assert.equal(await whoIs(visitor), bob);
    assert.equal(await whoIs(before), bob);
    assert.equal((await sessionsOf(ada)).length, sessions);
  });

  it('leaves the session of the account’s owner as it is', async () => {
    const { visitor } = await ada.elsewhere();
    const before = copyOf(visitor);
    const page = await at(visitor).approve(await ask(), ada.authenticator);
    assert.doesNotMatch(page.text, signedInHere);
    assert.deepEqual(copyOf(visitor).cookies, before.cookies);
  });

  it('does not come over a sign-in that another tab made meanwhile', async () => {
    const visitor = await signedOut();
    const otherTab = new AccountVisitor(holdfast, await other());
    for (const name of names) otherTab.visitor.cookies.set(name, visitor.cookies.get(name) as never);
    const before = copyOf(visitor);
    const asked = await ask();
    const page = await meanwhile(
      () => otherTab.signIn(),
      () => at(visitor).approve(asked, ada.authenticator),
    );
    assert.doesNotMatch(page.text, signedInHere);
    // The browser keeps the cookie that the other tab was given.
    assert.deepEqual(copyOf(visitor).cookies, before.cookies);
    assert.equal(await whoIs(otherTab.visitor), bob);
  });

  it('is nobody’s who is made to send somebody else’s answer', async () => {
    const mallory = await other();
    const asked = await askElsewhere(holdfast, await mallory.accountId());
    const his = at();
    const fields = await his.fields(asked);
    const assertion = await his.assertion(asked, mallory.authenticator, fields);
    const victim = at();
    await victim.look(asked);
    const forged = { ...fields, number: asked.number, assertion };
    assert.equal((await victim.send(asked, forged)).status, 403);
    assert.equal((await victim.send(asked, forged, { origin: 'https://evil.test' })).status, 403);
    assert.equal(await isSignedIn(victim.visitor), false);
  });

  it('gives cookies like every other, on https for this host and TLS alone', async () => {
    const issuer = 'https://id.localhost';
    const secured = await startHoldfast({ ...noHold, issuer });
    try {
      const server = `http://localhost:${secured.config.port}`;
      const asked = await ask();
      const { visitor } = at();
      const headers = { origin: issuer };
      const { fields } = formWith(await visitor.get(server + asked.path), 'csrf');
      const { csrf, ends } = fields;
      const options = await visitor.postJson(`${server}${asked.path}/options`, { csrf, ends }, headers);
      const signed = ada.authenticator.assert(JSON.parse(options.text) as never, { origin: issuer });
      const assertion = JSON.stringify(signed);
      const answer = await visitor.post(
        server + asked.path,
        { ...fields, number: asked.number, assertion },
        headers,
      );
      assert.match(answer.location ?? '', /said=signed-in$/);
      const lines = answer.headers.getSetCookie().filter((line) => line.includes('session'));
      assert.equal(lines.length, 2);
      for (const line of lines) {
        assert.match(line, /^__Host-holdfast_session(\.sig)?=[\w-]{21,}; path=\/; expires=/);
        for (const attribute of ['; secure', '; httponly', '; samesite=lax'])
          assert.ok(line.includes(attribute), line);
        assert.doesNotMatch(line, /domain=/);
      }
    } finally {
      await secured.close();
    }
  });
});
