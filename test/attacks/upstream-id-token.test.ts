import assert from 'node:assert/strict';
import { FakeUpstream, someone, type Crooked } from '../support/fake-upstream.js';
import type { Holdfast } from '../support/harness.js';
import { unique } from '../support/records.js';
import { createForm, holdfastWith, UpstreamVisitor } from '../support/upstream-visitor.js';

/* Threats 7 and 27 with us as the client: an ID token that was made for another login, another client, by somebody else. */
describe('an ID token of an upstream provider', () => {
  let upstream: FakeUpstream;
  let holdfast: Holdfast;
  const now = () => Math.floor(holdfast.clock.now() / 1000);
  before(async () => {
    upstream = await FakeUpstream.open();
    // A careless provider says so; we take none without signature all the same.
    upstream.metadata = { id_token_signing_alg_values_supported: ['RS256', 'none'] };
    holdfast = await holdfastWith(upstream);
  });
  after(async () => {
    await holdfast.close();
    await upstream.close();
  });

  async function brought(crooked: Crooked) {
    const person = new UpstreamVisitor(holdfast.issuer);
    const question = await person.begin(await person.arrive());
    const page = await person.comeBack(upstream.answer(question, someone(unique('token')), crooked));
    return { person, page };
  }

  it('is taken when it is as it should be', async () => {
    assert.ok(createForm((await brought({})).page));
  });

  const crooked: Readonly<Record<string, () => Crooked>> = {
    'has the nonce of another login': () => ({ idToken: { nonce: 'x'.repeat(43) } }),
    'has no nonce': () => ({ idToken: { nonce: undefined } }),
    'is for another client': () => ({ idToken: { aud: 'somebody-else' } }),
    'is for several clients and was given to another one': () => ({
      idToken: { aud: [upstream.clientId, 'somebody-else'], azp: 'somebody-else' },
    }),
    'is of another issuer': () => ({ idToken: { iss: 'https://accounts.google.com' } }),
    'is expired': () => ({ idToken: { iat: now() - 900, exp: now() - 600 } }),
    'has no end': () => ({ idToken: { exp: undefined } }),
    'has no subject': () => ({ idToken: { sub: undefined } }),
    'has a subject that is no text': () => ({ idToken: { sub: 7 } }),
    'has a subject with odd characters': () => ({ idToken: { sub: 'ada\u0000' } }),
    'has no signature': () => ({ unsigned: true }),
    'is signed with a key that the provider does not publish': () => ({ foreignKey: true }),
  };
  for (const [title, how] of Object.entries(crooked)) {
    it(`is refused when it ${title}`, async () => {
      const { person, page } = await brought(how());
      assert.equal(page.status, 403, page.text.slice(0, 400));
      assert.match(page.text, /That sign-in didn’t work/);
      assert.equal(person.signedIn, false);
    });
  }

  it('is bound to the verifier: a code that somebody else injects is not redeemed', async () => {
    const [attacker, victim] = [new UpstreamVisitor(holdfast.issuer), new UpstreamVisitor(holdfast.issuer)];
    const stolen = new URL(
      upstream.answer(await victim.begin(await victim.arrive()), someone(unique('victim'))),
    ).searchParams.get('code');
    const mine = new URL(
      upstream.answer(await attacker.begin(await attacker.arrive()), someone(unique('evil'))),
    );
    mine.searchParams.set('code', stolen ?? '');
    const page = await attacker.comeBack(mine.href);
    assert.match(page.text, /token endpoint answered invalid_grant/);
    assert.equal(attacker.signedIn, false);
  });
});
