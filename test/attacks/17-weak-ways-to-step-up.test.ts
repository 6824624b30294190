import assert from 'node:assert/strict';
import { AppLogin, recoverAs, signUpOwner } from '../support/account-owner.js';
import { FakeUpstream, someone } from '../support/fake-upstream.js';
import { type Holdfast, startHoldfast } from '../support/harness.js';
import { addPasskeyThere, answerDone } from '../support/recovering.js';
import { unique } from '../support/records.js';
import { questionOf, UpstreamVisitor } from '../support/upstream-visitor.js';
import type { Visit } from '../support/visitor.js';

/** What the challenge of a dear model asks for (RFC 9470 §3), in a tier that wants to hear of her lately. */
const stepUp = { acr_values: 'urn:holdfast:acr:phr', max_age: '300' };

/*
 * Threat 17: whoever can't have her passkey comes by a weaker way, in the very moment in which a passkey is asked for.
 */
describe('threat 17: a step-up by a way that is weaker than a passkey', () => {
  let upstream: FakeUpstream;
  let holdfast: Holdfast;
  before(async () => {
    upstream = await FakeUpstream.open();
    holdfast = await startHoldfast({
      upstream_providers: [upstream.entry],
      dangerously_allow_private_network_fetch: true,
    });
  });
  afterEach(() => holdfast.clock.reset());
  after(async () => {
    await holdfast.close();
    await upstream.close();
  });

  const unmet = ({ location }: Visit) => {
    assert.ok(location, 'the client was answered');
    const { searchParams } = new URL(location);
    assert.equal(searchParams.get('error'), 'unmet_authentication_requirements');
    assert.equal(searchParams.get('code'), null);
  };
  /** Without a word of hers. */
  const silently = async (login: AppLogin) =>
    new URL((await login.begin({ ...stepUp, prompt: 'none' })).location ?? '').searchParams.get('error');

  it('by recovery is none, and leaves nobody signed in', async () => {
    const owner = await signUpOwner(holdfast);
    const { login, done } = await recoverAs(holdfast, owner, { parameters: stepUp });
    unmet(await answerDone(login.visitor, done, 'continue'));
    assert.equal(await silently(login), 'login_required');
  });

  it('by a passkey that is held is none, and leaves nobody signed in', async () => {
    const { login, done } = await recoverAs(holdfast, await signUpOwner(holdfast));
    await addPasskeyThere(login.person, done);
    const thief = new AppLogin(holdfast, login.person.authenticator);
    unmet(await thief.person.signIn(await thief.begin(stepUp)));
    assert.equal(await silently(thief), 'login_required');
  });

  it('by a login elsewhere is none, also for who forces his way past the missing button', async () => {
    const claims = someone(unique('weak'), { auth_time: Math.floor(holdfast.clock.now() / 1000) });
    const known = new UpstreamVisitor(holdfast.issuer);
    await known.create(await known.goThrough(upstream, claims));
    const forced = new UpstreamVisitor(holdfast.issuer, known.visitor);
    const page = await forced.arrive({ ...stepUp, prompt: '' });
    assert.ok(!page.text.includes('Continue with Acme'));
    assert.ok(!page.text.includes('/recovery"'));
    const csrf = /name="csrf" value="([^"]+)"/.exec(page.text)?.[1] ?? '';
    const leaving = await forced.visitor.post(`${page.url}/upstream/acme`, { csrf });
    unmet(await forced.comeBack(upstream.answer(questionOf(leaving), claims)));
  });
});
