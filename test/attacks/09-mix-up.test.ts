import assert from 'node:assert/strict';
import { callback } from '../support/clients.js';
import { startHoldfast, type Holdfast } from '../support/harness.js';
import { authorizeUrl, logIn, pkce } from '../support/login.js';
import { formWith, Visitor } from '../support/visitor.js';

/** Who mixes up two providers: the client must learn from every response whose it is (RFC 9207). */
describe('threat 9: two providers mixed up', () => {
  let holdfast: Holdfast;
  let issuer: string;
  before(async () => {
    holdfast = await startHoldfast();
    ({ issuer } = holdfast);
  });
  after(() => holdfast.close());

  it('says in the metadata that every response names its issuer', async () => {
    for (const path of ['openid-configuration', 'oauth-authorization-server']) {
      const metadata = (await (await fetch(`${issuer}/.well-known/${path}`)).json()) as Record<
        string,
        unknown
      >;
      assert.equal(metadata['authorization_response_iss_parameter_supported'], true);
      assert.equal(metadata['issuer'], issuer);
    }
  });

  it('names it beside a code', async () => {
    assert.equal((await logIn({ issuer })).response.get('iss'), issuer);
  });

  it('names it beside an error that the server makes', async () => {
    const url = authorizeUrl({ issuer, parameters: { prompt: 'none' } }, pkce().challenge);
    const { location } = await new Visitor().get(url);
    const response = new URL(location ?? '').searchParams;
    assert.equal(response.get('error'), 'login_required');
    assert.equal(response.get('iss'), issuer);
    assert.ok(response.get('state'));
  });

  it('names it beside the error of a request that was refused', async () => {
    const url = authorizeUrl({ issuer, parameters: { response_type: 'token' } }, pkce().challenge);
    const { location } = await new Visitor().get(url);
    assert.ok(location?.startsWith(callback));
    assert.equal(new URL(location?.replace('#', '?') ?? '').searchParams.get('iss'), issuer);
  });

  it('names it beside the refusal of the person', async () => {
    const visitor = new Visitor();
    const url = authorizeUrl({ issuer }, pkce().challenge);
    const login = formWith(await visitor.follow(await visitor.get(url)), 'acr');
    const consent = await visitor.follow(
      await visitor.post(login.action, { ...login.fields, login: 'ada', acr: '' }),
    );
    const { action, fields } = formWith(consent, 'decision');
    const denied = await visitor.follow(await visitor.post(`${action}/deny`, { csrf: fields['csrf'] ?? '' }));
    const response = new URL(denied.location ?? '').searchParams;
    assert.equal(response.get('error'), 'access_denied');
    assert.equal(response.get('iss'), issuer);
  });

  it('names it in a form that is posted to the client', async () => {
    const parameters = { response_mode: 'form_post', prompt: 'none' };
    const page = await new Visitor().get(authorizeUrl({ issuer, parameters }, pkce().challenge));
    const { action, fields } = formWith(page, 'error');
    assert.equal(action, callback);
    assert.equal(fields['iss'], issuer);
  });
});
