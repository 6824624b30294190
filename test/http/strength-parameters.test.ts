import assert from 'node:assert/strict';
import { callback, testClients } from '../support/clients.js';
import { Device, postForm } from '../support/device.js';
import { type Holdfast, startHoldfast } from '../support/harness.js';
import { pkce } from '../support/login.js';
import { unique } from '../support/records.js';
import { signedIn, tokensOf, urn, type Walker, walk } from '../support/strength-walk.js';

const claims = (acr: unknown) => JSON.stringify({ id_token: { acr } });

/** What test/http/strength.test.ts leaves out: other ways to say the same, and ways to say it wrongly. */
describe('what a client asks of a login’s strength', () => {
  let holdfast: Holdfast;
  before(async () => {
    const strict = {
      client_id: 'strict',
      token_endpoint_auth_method: 'none' as const,
      redirect_uris: [callback],
      grant_types: ['authorization_code'],
      response_types: ['code'],
      default_acr_values: [urn('phr')],
      default_max_age: 300,
    };
    holdfast = await startHoldfast({ clients: [...testClients, strict] });
  });
  afterEach(() => holdfast.clock.reset());
  after(() => holdfast.close());

  const someone = (session: string) => signedIn(holdfast.issuer, session, unique('someone'));
  const answer = async (walker: Walker, parameters: Record<string, string>, acr = 'basic') =>
    await walk(walker, holdfast.issuer, parameters, urn(acr));
  const errorOf = async (walker: Walker, parameters: Record<string, string>) =>
    (await answer(walker, parameters)).response.get('error');

  it('is, where it says nothing, what it registered', async () => {
    const strict = { client_id: 'strict' };
    assert.equal(await errorOf(await someone('basic'), strict), 'unmet_authentication_requirements');
    const strong = await someone('phr');
    assert.equal((await answer(strong, strict)).logins, 0);
    holdfast.clock.advance(600);
    assert.equal((await answer(strong, strict, 'phr')).logins, 1);
    // Its own word takes the place of the default (OIDC Core §3.1.2.1).
    assert.equal((await answer(await someone('basic'), { ...strict, acr_values: urn('basic') })).logins, 0);
  });

  it('max_age=0 is prompt=login (OIDC Core §3.1.2.1)', async () => {
    const ada = await someone('phr');
    assert.equal((await answer(ada, { max_age: '0' }, 'phr')).logins, 1);
    assert.equal(await errorOf(ada, { max_age: '0', prompt: 'none' }), 'login_required');
  });

  it('several essential values are met by any of them, and the ID token names the strongest that fits', async () => {
    const walked = await answer(await someone('phrh'), {
      claims: claims({ essential: true, values: ['urn:other', urn('basic'), urn('phr')] }),
      acr_values: urn('basic'),
    });
    assert.equal(walked.logins, 0);
    for (const token of await tokensOf(holdfast.issuer, walked, await Device.create())) {
      assert.deepEqual([token.acr, token.told], ['phrh', 'phr']);
    }
  });

  it('a claim that is not essential demands nothing, and the ID token says the real one where it is weaker', async () => {
    const walked = await answer(await someone('basic'), { claims: claims({ value: urn('phr') }) });
    for (const token of await tokensOf(holdfast.issuer, walked, await Device.create())) {
      assert.deepEqual([token.acr, token.told], ['basic', 'basic']);
    }
  });

  it('of the wrong type is invalid_request, at /authorize and at /par', async () => {
    const ada = await someone('phr');
    const wrong = [
      'phr',
      { essential: 'true' },
      { essential: true, values: urn('phr') },
      { essential: true, value: 1 },
    ];
    for (const acr of wrong) {
      assert.equal(await errorOf(ada, { claims: claims(acr) }), 'invalid_request', JSON.stringify(acr));
      const { status, body } = await pushed({ claims: claims(acr) });
      assert.deepEqual([status, body['error']], [400, 'invalid_request'], JSON.stringify(acr));
    }
  });

  it('holds as well when it was pushed', async () => {
    const ada = await someone('basic');
    const demand = { claims: claims({ essential: true, value: urn('phr') }), acr_values: urn('basic') };
    const { body } = await pushed({ ...demand, prompt: 'none' });
    const url = new URL('/authorize', holdfast.issuer);
    url.search = new URLSearchParams({
      client_id: 'spa',
      request_uri: String(body['request_uri']),
    }).toString();
    const { location } = await ada.visitor.get(url.href);
    assert.equal(new URL(location ?? '').searchParams.get('error'), 'unmet_authentication_requirements');
  });

  const pushed = (parameters: Record<string, string>) =>
    postForm({
      url: `${holdfast.issuer}/par`,
      form: {
        client_id: 'spa',
        redirect_uri: callback,
        response_type: 'code',
        scope: 'openid model:call',
        code_challenge: pkce().challenge,
        code_challenge_method: 'S256',
        ...parameters,
      },
      headers: {},
    });
});
