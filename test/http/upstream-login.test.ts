import assert from 'node:assert/strict';
import { callback } from '../support/clients.js';
import { FakeUpstream, someone } from '../support/fake-upstream.js';
import type { Holdfast } from '../support/harness.js';
import { unique } from '../support/records.js';
import {
  accountWith,
  buttonOf,
  createForm,
  holdfastWith,
  ownerWith,
  shows,
  UpstreamVisitor,
} from '../support/upstream-visitor.js';
import type { Visit } from '../support/visitor.js';

describe('logging in with an identity of an upstream provider', () => {
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
  afterEach(() => {
    upstream.metadata = {};
    upstream.broken = undefined;
    holdfast.clock.reset();
  });

  const visitor = () => new UpstreamVisitor(holdfast.issuer);
  const identityOf = ({ sub }: Readonly<Record<string, unknown>>) =>
    holdfast.storage.upstreamIdentities.find({ issuer: upstream.issuer, subject: String(sub) });

  /** The page says this, and the way back to the sign-in leads to the buttons again. */
  async function refusedWith(
    person: UpstreamVisitor,
    page: Visit,
    status: number,
    words: RegExp,
  ): Promise<void> {
    assert.equal(page.status, status, page.text.slice(0, 600));
    assert.match(page.text, words);
    const wayBack = /<a class="button" href="([^"]+)">Try another way</.exec(page.text)?.[1];
    assert.ok(wayBack, page.text);
    const login = await person.visitor.get(new URL(wayBack, page.url).href);
    assert.ok(buttonOf(login, upstream.id));
    assert.equal(person.signedIn, false);
  }

  it('offers a button for each provider, which asks with PKCE, state and nonce', async () => {
    const person = visitor();
    const page = await person.arrive();
    assert.match(page.text, /Continue with Acme/);
    const question = new URL(await person.begin(page));
    assert.equal(question.origin + question.pathname, `${upstream.issuer}/authorize`);
    const asked = question.searchParams;
    assert.equal(asked.get('client_id'), upstream.clientId);
    assert.equal(asked.get('redirect_uri'), `${holdfast.issuer}/upstream/acme/callback`);
    assert.equal(asked.get('response_type'), 'code');
    assert.equal(asked.get('scope'), 'openid email profile');
    assert.equal(asked.get('code_challenge_method'), 'S256');
    for (const name of ['state', 'nonce', 'code_challenge'])
      assert.match(asked.get(name) ?? '', /^[\w-]{43}$/);
    assert.equal(asked.get('max_age'), null);
  });

  it('makes an account for somebody new once she agrees, and signs her in', async () => {
    const person = visitor();
    const claims = someone(unique('new'), { name: 'Ada \u202ELovelace\n' });
    const page = await person.goThrough(upstream, claims);
    assert.match(page.text, /Create an account with Acme\?/);
    assert.ok(shows(page, claims['email']));
    assert.equal(await identityOf(claims), undefined, 'nothing is made before she agrees');
    assert.equal(person.signedIn, false);
    await person.allow(await person.create(page));
    const identity = await identityOf(claims);
    assert.ok(identity);
    const account = await holdfast.storage.accounts.find(identity.accountId);
    assert.ok(account);
    assert.equal(account.email, claims['email']);
    assert.equal(account.displayName, 'Ada Lovelace');
    assert.equal(account.locale, 'en');
    assert.equal(identity.providerName, 'Acme');
    const { text } = await holdfast.mails.waitFor(String(claims['email']), 'identity_linked');
    assert.match(text, /with Acme/);
    const events = await holdfast.storage.accountEvents.listOf(identity.accountId, 10);
    const told = ['app_connected', 'identity_linked', 'signed_in', 'signed_up'];
    assert.deepEqual(events.map(({ kind }) => kind).toSorted(), told);
  });

  it('signs in who is known, as weakly as we can vouch for, and asks nothing more', async () => {
    const claims = someone(unique('known'));
    const first = visitor();
    await first.create(await first.goThrough(upstream, claims));
    const person = visitor();
    const consent = await person.goThrough(upstream, claims);
    assert.match(consent.text, /name="decision"/);
    assert.ok(person.signedIn);
    const identity = await identityOf(claims);
    assert.ok(identity && identity.lastUsedAt >= identity.linkedAt);
    assert.ok(holdfast.log.some((line) => /signed_in/.test(line) && /acr:basic/.test(line)));
  });

  it('connects an account that has the address by its own passkey alone, and tells its owner', async () => {
    const email = `${unique('owner')}@example.test`;
    const { person: owner, accountId } = await ownerWith(holdfast, email);
    const claims = someone(unique('sub'), { email: email.toUpperCase() });
    const person = visitor();
    const page = await person.goThrough(upstream, claims);
    assert.match(page.text, /You already have an account/);
    assert.ok(!page.text.includes('The owner'), 'the page tells nothing of the account');
    assert.equal(person.signedIn, false);
    const result = await person.connect(page, owner.authenticator);
    assert.equal(result.status, 200, result.text);
    const { location } = JSON.parse(result.text) as { location: string };
    const consent = await person.visitor.follow(await person.visitor.get(location));
    assert.match(consent.text, /name="decision"/);
    assert.equal((await identityOf(claims))?.accountId, accountId);
    const events = await holdfast.storage.accountEvents.listOf(accountId, 10);
    assert.ok(events.some(({ kind }) => kind === 'identity_linked'));
    await holdfast.mails.waitFor(email, 'identity_linked');
    const again = visitor();
    assert.match((await again.goThrough(upstream, claims)).text, /name="decision"/);
  });

  it('refuses who has no verified address, and makes nothing', async () => {
    for (const claims of [
      someone(unique('x'), { email_verified: false }),
      someone(unique('x'), { email_verified: undefined }),
      someone(unique('x'), { email_verified: 'true' }),
      someone(unique('x'), { email: undefined }),
      someone(unique('x'), { email: 'no address' }),
    ]) {
      const person = visitor();
      const page = await person.goThrough(upstream, claims);
      await refusedWith(person, page, 403, /does not vouch for your e-mail address/);
      assert.equal(await identityOf(claims), undefined);
    }
  });

  it('asks userinfo where the ID token has no address, and believes it for the same person alone', async () => {
    const claims = { sub: `sub-${unique('info')}`, name: 'Ada' };
    const email = `${unique('info')}@example.test`;
    const person = visitor();
    const question = await person.begin(await person.arrive());
    const userinfo = { email, email_verified: true };
    const page = await person.comeBack(upstream.answer(question, claims, { userinfo }));
    assert.match(page.text, /Create an account with Acme\?/);
    const other = visitor();
    const again = await other.begin(await other.arrive());
    const foreign = { ...userinfo, sub: 'sub-of-somebody-else' };
    const refused = await other.comeBack(upstream.answer(again, claims, { userinfo: foreign }));
    await refusedWith(other, refused, 403, /That sign-in didn’t work/);
  });

  it('says plainly when the provider refuses, and leads back', async () => {
    for (const [error, words] of [
      ['access_denied', /The provider didn’t sign you in/],
      ['server_error', /That sign-in didn’t work/],
      ['login_required', /That sign-in didn’t work/],
    ] as const) {
      const person = visitor();
      const question = await person.begin(await person.arrive());
      await refusedWith(person, await person.comeBack(upstream.refuse(question, error)), 403, words);
    }
  });

  it('says plainly when the provider is down, at the start and at the end', async () => {
    const down = await FakeUpstream.open('down');
    const other = await holdfastWith(down);
    try {
      const person = new UpstreamVisitor(other.issuer);
      const page = await person.arrive();
      down.broken = (response) => response.destroy();
      const refused = await person.press(page, 'down');
      assert.equal(refused.status, 503);
      assert.match(refused.text, /We can’t reach that provider/);
      assert.match(refused.text, /Try another way/);
      const { asked } = down;
      assert.equal((await person.press(page, 'down')).status, 503);
      assert.equal(down.asked, asked, 'it is not asked by each press of the button');
      down.broken = undefined;
      other.clock.advance(5);
      const question = await person.begin(page, 'down');
      down.broken = (response) => void response.writeHead(502).end('<html>');
      const late = await person.comeBack(down.answer(question, someone('late')));
      assert.equal(late.status, 503, late.text.slice(0, 300));
      assert.equal(person.signedIn, false);
    } finally {
      await other.close();
      await down.close();
    }
  });

  it('reads the metadata of a provider once an hour', async () => {
    const person = visitor();
    await person.begin(await person.arrive());
    const { asked } = upstream;
    await person.begin(await person.arrive());
    assert.equal(upstream.asked, asked);
    holdfast.clock.advance(3600);
    const later = visitor();
    await later.begin(await later.arrive());
    assert.equal(upstream.asked, asked + 1);
  });

  it('passes on that the client wants a fresh login, and takes no older one', async () => {
    const now = () => Math.floor(holdfast.clock.now() / 1000);
    const person = visitor();
    const question = new URL(await person.begin(await person.arrive({ prompt: 'login consent' })));
    assert.equal(question.searchParams.get('max_age'), '0');
    assert.equal(question.searchParams.get('prompt'), 'login');
    const claims = someone(unique('fresh'));
    const stale = await person.comeBack(upstream.answer(question.href, claims));
    await refusedWith(person, stale, 403, /That sign-in didn’t work/);
    const attempt = async (age: number) => {
      const other = visitor();
      const asked = await other.begin(await other.arrive({ max_age: '300' }));
      return other.comeBack(upstream.answer(asked, { ...claims, auth_time: now() - age }));
    };
    assert.match((await attempt(600)).text, /That sign-in didn’t work/);
    assert.match((await attempt(200)).text, /Create an account/);
  });

  it('never makes a login younger than it was at the provider', async () => {
    const claims = someone(unique('old'), { auth_time: Math.floor(holdfast.clock.now() / 1000) - 5000 });
    const person = visitor();
    const response = await person.allow(await person.create(await person.goThrough(upstream, claims)));
    assert.ok(response.get('code'));
    const page = await person.visitor.follow(await person.visitor.get(page300(holdfast.issuer)));
    assert.match(page.text, /Sign in/, 'a login of 5000 seconds ago is too old for max_age 300');
  });

  it('asks nobody for an account who has one by now, nor twice', async () => {
    const claims = someone(unique('twice'));
    const person = visitor();
    const page = await person.goThrough(upstream, claims);
    const form = createForm(page);
    await accountWith(holdfast, String(claims['email']));
    const instead = await person.visitor.follow(await person.visitor.post(form.action, form.fields));
    assert.match(instead.text, /You already have an account/);
    assert.equal(await identityOf(claims), undefined);
  });

  it('goes on after a reload and the back button', async () => {
    const person = visitor();
    const [ada, grace] = [someone(unique('back')), someone(unique('back'))];
    const page = await person.goThrough(upstream, ada);
    assert.ok(createForm(await person.visitor.get(page.url)));
    const login = await person.visitor.get(page.url.replace('/identity', ''));
    const again = await person.comeBack(upstream.answer(await person.begin(login), grace));
    assert.ok(shows(again, grace['email']));
    await person.allow(await person.create(again));
    assert.ok(await identityOf(grace));
    assert.equal(await identityOf(ada), undefined);
  });

  it('goes on in two tabs of one browser at once', async () => {
    const one = visitor();
    const first = await one.begin(await one.arrive());
    const two = visitor();
    const cookie = one.visitor.cookies.get('holdfast_upstream');
    assert.ok(cookie);
    two.visitor.cookies.set('holdfast_upstream', cookie);
    const second = await two.begin(await two.arrive());
    const claims = [someone(unique('tab')), someone(unique('tab'))] as const;
    await two.allow(await two.create(await two.comeBack(upstream.answer(second, claims[1]))));
    await one.allow(await one.create(await one.comeBack(upstream.answer(first, claims[0]))));
    for (const each of claims) assert.ok(await identityOf(each));
  });

  it('does not offer a provider where the client demands more than it can give', async () => {
    const claims = { id_token: { acr: { essential: true, value: 'urn:holdfast:acr:phr' } } };
    const page = await visitor().arrive({ claims: JSON.stringify(claims) });
    assert.equal(page.status, 200);
    assert.ok(!page.text.includes('Continue with'));
  });

  it('speaks the language of the sign-in', async () => {
    const person = visitor();
    const page = await person.goThrough(upstream, someone(unique('zh')), { ui_locales: 'zh-Hant' });
    assert.match(page.text, /要用 Acme 建立帳號嗎？/);
    await person.create(page);
  });

  it('knows no provider that is not configured', async () => {
    const person = visitor();
    const page = await person.arrive();
    const { action, fields } = buttonOf(page, 'acme');
    const unknown = await person.visitor.post(action.replace(/acme$/, 'google'), fields);
    assert.equal(unknown.status, 404);
  });

  const page300 = (issuer: string) => {
    const url = new URL('/authorize', issuer);
    const parameters = { client_id: 'spa', redirect_uri: callback, response_type: 'code', scope: 'openid' };
    const challenge = { code_challenge: 'x'.repeat(43), code_challenge_method: 'S256', max_age: '300' };
    for (const [name, value] of Object.entries({ ...parameters, ...challenge, state: 's' })) {
      url.searchParams.set(name, value);
    }
    return url.href;
  };
});
