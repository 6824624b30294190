import assert from 'node:assert/strict';
import { startHoldfast, type Holdfast } from '../support/harness.js';
import { authorizeUrl, pkce } from '../support/login.js';
import { formWith, Visitor } from '../support/visitor.js';

/** A client asks for facts one by one (OIDC Core §5.5) rather than by scope, hoping that consent won't show them. */
describe('threat 39: claims that are asked for beside the scopes', () => {
  let holdfast: Holdfast;
  before(async () => {
    holdfast = await startHoldfast();
  });
  after(() => holdfast.close());

  async function consentTo(claims: object): Promise<string> {
    const { issuer } = holdfast;
    const visitor = new Visitor();
    const parameters = { claims: JSON.stringify(claims) };
    const wish = { issuer, scope: 'openid', resource: undefined, parameters };
    const login = await visitor.follow(await visitor.get(authorizeUrl(wish, pkce().challenge)));
    const { action, fields } = formWith(login, 'acr');
    const consent = await visitor.follow(await visitor.post(action, { ...fields, login: 'curie' }));
    assert.match(consent.text, /It will be able to/);
    return consent.text;
  }

  it('are told to the person before she consents', async () => {
    assert.match(await consentTo({ userinfo: { email: { essential: true } } }), /See your e-mail/);
    assert.match(await consentTo({ id_token: { name: null } }), /See your name/);
    assert.match(
      await consentTo({ userinfo: { name: null }, id_token: { email_verified: null } }),
      /See your name and e-mail/,
    );
  });

  it('are not named where none was asked for', async () => {
    assert.doesNotMatch(await consentTo({ userinfo: { sub: null } }), /See your/);
  });
});
