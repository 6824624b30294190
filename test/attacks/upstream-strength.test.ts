import assert from 'node:assert/strict';
import { decodeJwt } from 'jose';
import { SoftwareAuthenticator } from '../../examples/support/software-authenticator.js';
import { Device } from '../support/device.js';
import { FakeUpstream, someone } from '../support/fake-upstream.js';
import { startHoldfast, type Holdfast } from '../support/harness.js';
import { introspect, refresh } from '../support/login.js';
import { jsonOf } from '../support/passkey-visitor.js';
import { unique } from '../support/records.js';
import { ownerWith, questionOf, tokensOf, UpstreamVisitor, wantsModel } from '../support/upstream-visitor.js';

const basic = 'urn:holdfast:acr:basic';
const phr = 'urn:holdfast:acr:phr';
const essential = { claims: JSON.stringify({ id_token: { acr: { essential: true, value: phr } } }) };

/*
 * Law 5 and threat 16: what a provider says of its login is its word, so it counts as the weakest. That bounds what a
 * page between gets that relays everything, where the provider itself lets itself be relayed.
 */
describe('the strength of a login at an upstream provider', () => {
  let upstream: FakeUpstream;
  let graded: FakeUpstream;
  let holdfast: Holdfast;
  before(async () => {
    [upstream, graded] = [await FakeUpstream.open(), await FakeUpstream.open('graded')];
    holdfast = await startHoldfast({
      upstream_providers: [upstream.entry, { ...graded.entry, acr: phr, acr_values: 'gold platinum' }],
      dangerously_allow_private_network_fetch: true,
    });
  });
  after(async () => {
    await holdfast.close();
    await upstream.close();
    await graded.close();
  });

  const visitor = () => new UpstreamVisitor(holdfast.issuer);

  /** Signs up with the provider, then asks for tokens of a model in another login. */
  async function tokensBy(provider: FakeUpstream, claims: Readonly<Record<string, unknown>>) {
    const first = visitor();
    await first.create(await first.goThrough(provider, claims));
    const person = visitor();
    const device = await Device.create();
    const response = await person.allow(await person.goThrough(provider, claims, wantsModel));
    return { device, tokens: await tokensOf(person, response, device) };
  }

  it('is the weakest, says so everywhere, and refreshing does not raise it', async () => {
    const authTime = Math.floor(holdfast.clock.now() / 1000) - 100;
    const claims = someone(unique('basic'), { acr: phr, amr: ['hwk', 'user'], auth_time: authTime });
    const { device, tokens } = await tokensBy(upstream, claims);
    const { acr, amr, auth_time } = decodeJwt(tokens.id_token);
    assert.deepEqual({ acr, amr, auth_time }, { acr: basic, amr: ['fed'], auth_time: authTime });
    const again = await refresh(holdfast.issuer, tokens.refresh_token, device);
    for (const token of [tokens.access_token, again.body['access_token'] as string]) {
      const { body } = await introspect(holdfast.issuer, token);
      assert.equal(body['acr'], basic);
      assert.equal(body['auth_time'], authTime);
    }
  });

  it('does not meet an essential acr, also for who forces his way past the missing button', async () => {
    const person = visitor();
    const claims = someone(unique('forced'));
    await person.create(await person.goThrough(upstream, claims));
    const forced = visitor();
    const page = await forced.arrive(essential);
    const csrf = /name="csrf" value="([^"]+)"/.exec(page.text)?.[1] ?? '';
    const leaving = await forced.visitor.post(`${page.url}/upstream/acme`, { csrf });
    const end = await forced.comeBack(upstream.answer(questionOf(leaving), claims));
    assert.match(end.location ?? '', /[?&]error=unmet_authentication_requirements(&|$)/);
    assert.equal(forced.signedIn, false);
  });

  it('is more only by the operator’s word, and only for a login that proved it', async () => {
    for (const [said, expected] of [
      ['gold', phr],
      ['silver', basic],
      ['gold platinum', basic],
      [phr, basic],
      [undefined, basic],
    ] as const) {
      const { tokens } = await tokensBy(graded, someone(unique('graded'), { acr: said }));
      assert.equal(decodeJwt(tokens.id_token)['acr'], expected, String(said));
    }
    const question = await visitorBegins('graded');
    assert.equal(question.searchParams.get('acr_values'), 'gold platinum');
  });

  async function visitorBegins(id: string): Promise<URL> {
    const person = visitor();
    return new URL(await person.begin(await person.arrive(), id));
  }

  describe('against a page between that relays everything', () => {
    it('is nothing at all where the person logs in at the true provider: the answer comes to her own browser', async () => {
      const [relay, victim] = [visitor(), visitor()];
      const claims = someone(unique('relayed'));
      await visitorSignedUp(claims);
      const relayed = await relay.arrive();
      const question = await relay.begin(relayed);
      // She sees the provider's own address and logs in; the provider sends her browser to us, not the relay's.
      const page = await victim.comeBack(upstream.answer(question, claims));
      assert.match(page.text, /This sign-in can’t go on/);
      const identity = `${relayed.url}/identity`;
      assert.match((await relay.visitor.get(identity)).text, /This sign-in can’t go on/);
      assert.deepEqual([victim.signedIn, relay.signedIn], [false, false]);
    });

    it('is the weakest where the provider lets itself be relayed too: no step-up, no essential acr', async () => {
      const claims = someone(unique('relayed'));
      await visitorSignedUp(claims);
      const relay = visitor();
      const device = await Device.create();
      const response = await relay.allow(await relay.goThrough(upstream, claims, wantsModel));
      const tokens = await tokensOf(relay, response, device);
      assert.equal((await introspect(holdfast.issuer, tokens.access_token)).body['acr'], basic);
      const stepUp = await relay.arrive({ ...wantsModel, ...essential });
      assert.match(stepUp.text, /Your account has no passkey/);
      assert.ok(!stepUp.text.includes('Continue with Acme'));
    });

    it('links nothing: a passkey signs for the address that its owner sees', async () => {
      const email = `${unique('owner')}@example.test`;
      const { person: owner, accountId } = await ownerWith(holdfast, email);
      const relay = visitor();
      const page = await relay.goThrough(upstream, someone(unique('relay'), { email }));
      const options = jsonOf(await relay.connectStep(page, 'options', {}));
      const elsewhere = new SoftwareAuthenticator('https://holdfast-login.test');
      elsewhere.passkeys.push(...owner.authenticator.passkeys);
      const response = elsewhere.assert(options as never);
      assert.equal((await relay.connectStep(page, 'result', { response })).status, 400);
      assert.deepEqual(await holdfast.storage.upstreamIdentities.listOf(accountId), []);
    });

    async function visitorSignedUp(claims: Readonly<Record<string, unknown>>): Promise<void> {
      const person = visitor();
      await person.create(await person.goThrough(upstream, claims));
    }
  });
});
