import assert from 'node:assert/strict';
import { FakeUpstream, someone } from '../support/fake-upstream.js';
import { startHoldfast, type Holdfast } from '../support/harness.js';
import { authorizeUrl, pkce } from '../support/login.js';
import { atOnce } from '../support/parallel.js';
import { unique } from '../support/records.js';
import { buttonOf, createForm, holdfastWith, UpstreamVisitor } from '../support/upstream-visitor.js';
import type { Visit } from '../support/visitor.js';

/*
 * Threats 2, 20 and 22 on the way to a provider and back (RFC 9700 §4.7): an answer is good once, in the browser that
 * asked, and what it brought is good once, in the interaction in which it was asked.
 */
describe('the answer of an upstream provider', () => {
  let upstream: FakeUpstream;
  let holdfast: Holdfast;
  before(async () => {
    upstream = await FakeUpstream.open();
    holdfast = await holdfastWith(upstream);
  });
  after(async () => {
    await holdfast.close();
    await upstream.close();
  });
  afterEach(() => holdfast.clock.reset());

  const visitor = () => new UpstreamVisitor(holdfast.issuer);

  function spent(page: Visit): void {
    assert.equal(page.status, 400, page.text.slice(0, 300));
    assert.match(page.text, /This sign-in can’t go on/);
  }

  async function answered(person: UpstreamVisitor, claims = someone(unique('state'))): Promise<string> {
    return upstream.answer(await person.begin(await person.arrive()), claims);
  }

  it('is taken once', async () => {
    const person = visitor();
    const answer = await answered(person);
    assert.equal((await person.visitor.get(answer)).status, 303);
    spent(await person.visitor.get(answer));
  });

  it('is taken once of 25 at the same moment, and its code is redeemed once', async () => {
    const person = visitor();
    const answer = await answered(person);
    const before = upstream.tokenRequests.length;
    const answers = await atOnce(25, () => person.visitor.get(answer));
    assert.equal(answers.filter(({ status }) => status === 303).length, 1);
    for (const each of answers) if (each.status !== 303) spent(each);
    assert.equal(upstream.tokenRequests.length, before + 1);
  });

  it('is worth nothing after ten minutes', async () => {
    const person = visitor();
    const answer = await answered(person);
    holdfast.clock.advance(601);
    spent(await person.visitor.get(answer));
  });

  it('is worth nothing with a state that we did not make, without one, or with two', async () => {
    const person = visitor();
    const url = new URL(await answered(person));
    const made = url.searchParams.get('state') ?? '';
    for (const states of [['x'.repeat(43)], [], [made, made], ['']]) {
      const other = new URL(url);
      other.searchParams.delete('state');
      for (const state of states) other.searchParams.append('state', state);
      const page = await person.visitor.get(other.href);
      assert.equal(page.status, 400, page.text.slice(0, 300));
    }
  });

  it('signs nobody in in another browser: not the victim as the attacker, nor the attacker as the victim', async () => {
    const [attacker, victim] = [visitor(), visitor()];
    const before = upstream.tokenRequests.length;
    spent(await victim.comeBack(await answered(attacker)));
    // Also not when that browser is at a provider itself.
    await victim.begin(await victim.arrive());
    spent(await victim.comeBack(await answered(attacker)));
    assert.equal(upstream.tokenRequests.length, before);
    assert.equal(victim.signedIn, false);
  });

  it('is bound by a cookie that no script and no other site can use, and a random one for each browser', async () => {
    const [one, two] = await atOnce(2, async () => {
      const person = visitor();
      const own = buttonOf(await person.arrive(), 'acme');
      const answer = await person.visitor.post(own.action, own.fields);
      return answer.headers.getSetCookie().find((line) => line.startsWith('holdfast_upstream=')) ?? '';
    });
    for (const line of [one, two])
      assert.match(line ?? '', /^holdfast_upstream=[\w-]{43}; path=\/; .*httponly/i);
    assert.match(one ?? '', /samesite=lax/i);
    assert.notEqual(one?.split(';')[0], two?.split(';')[0]);
  });

  it('is bound by a cookie that no sibling host can plant, where the issuer is https', async () => {
    const issuer = 'https://localhost';
    const secure = await startHoldfast({
      issuer,
      upstream_providers: [upstream.entry],
      dangerously_allow_private_network_fetch: true,
    });
    const near = `http://127.0.0.1:${secure.config.port}`;
    try {
      const { visitor: browser } = visitor();
      const start = await browser.get(authorizeUrl({ issuer: near }, pkce().challenge));
      const page = await browser.get((start.location ?? '').replace(issuer, near));
      const { action, fields } = buttonOf(page, 'acme');
      const leaving = await browser.post(action, fields, { origin: issuer });
      const cookie = leaving.headers.getSetCookie().find((line) => line.includes('holdfast_upstream='));
      assert.match(cookie ?? '', /^__Host-holdfast_upstream=[\w-]{43}; path=\/; .*secure/i);
      assert.doesNotMatch(cookie ?? '', /domain=/i);
    } finally {
      await secure.close();
    }
  });

  it('leaves a ticket that is good in its own interaction and browser alone', async () => {
    const [person, other] = [visitor(), visitor()];
    const page = await person.goThrough(upstream, someone(unique('ticket')));
    assert.ok(createForm(page));
    const ticket = person.visitor.cookies.get('holdfast_ticket');
    const browser = person.visitor.cookies.get('holdfast_upstream');
    assert.ok(ticket && browser);
    const login = await other.arrive();
    const identity = `${login.url}/identity`;
    // Another interaction, though in the same browser.
    other.visitor.cookies.set('holdfast_ticket', { ...ticket, path: '/' });
    other.visitor.cookies.set('holdfast_upstream', browser);
    spent(await other.visitor.get(identity));
    // Another browser, though in the same interaction.
    person.visitor.cookies.set('holdfast_upstream', { ...browser, value: 'x'.repeat(43) });
    spent(await person.visitor.get(page.url));
    person.visitor.cookies.set('holdfast_upstream', browser);
    assert.ok(createForm(await person.visitor.get(page.url)));
  });

  it('leaves a ticket that makes one account of 25 forms at the same moment', async () => {
    const claims = someone(unique('forms'));
    const person = visitor();
    const form = createForm(await person.goThrough(upstream, claims));
    const answers = await atOnce(25, () => person.visitor.post(form.action, form.fields));
    const made = answers.filter(({ location }) => location?.includes('/authorize/'));
    assert.equal(made.length, 1, answers.map(({ status }) => status).join());
    const identity = { issuer: upstream.issuer, subject: String(claims['sub']) };
    assert.ok(await holdfast.storage.upstreamIdentities.find(identity));
  });

  it('leaves a ticket that is no state, and the state is no ticket', async () => {
    const person = visitor();
    const answer = await answered(person);
    const state = new URL(answer).searchParams.get('state') ?? '';
    const login = await person.arrive();
    person.visitor.cookies.set('holdfast_ticket', { value: state, path: '/' });
    spent(await person.visitor.get(`${login.url}/identity`));
    const done = visitor();
    await done.goThrough(upstream, someone(unique('ticket')));
    const ticket = done.visitor.cookies.get('holdfast_ticket')?.value ?? '';
    spent(await done.visitor.get(`${holdfast.issuer}/upstream/acme/callback?code=x&state=${ticket}`));
  });

  it('makes no account by a form of another site, nor by a GET', async () => {
    const person = visitor();
    const claims = someone(unique('forged'));
    const page = await person.goThrough(upstream, claims);
    const form = createForm(page);
    const foreign = [
      await person.visitor.post(form.action, form.fields, { origin: 'https://evil.test' }),
      await person.visitor.post(form.action, form.fields, { 'sec-fetch-site': 'cross-site' }),
      await person.visitor.post(form.action, { csrf: 'x'.repeat(43) }),
    ];
    for (const each of foreign) assert.equal(each.status, 403);
    assert.equal((await person.visitor.get(form.action)).status, 404);
    const start = buttonOf(await person.arrive(), 'acme');
    const forged = await person.visitor.post(start.action, start.fields, { 'sec-fetch-site': 'cross-site' });
    assert.equal(forged.status, 403);
    const identity = { issuer: upstream.issuer, subject: String(claims['sub']) };
    assert.equal(await holdfast.storage.upstreamIdentities.find(identity), undefined);
  });
});
