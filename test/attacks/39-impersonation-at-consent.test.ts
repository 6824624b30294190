import assert from 'node:assert/strict';
import { startHoldfast, type Holdfast } from '../support/harness.js';
import { gatewayA } from '../support/clients.js';
import { authorizeUrl, pkce } from '../support/login.js';
import { formWith, Visitor } from '../support/visitor.js';

const publicClient = {
  token_endpoint_auth_method: 'none',
  grant_types: ['authorization_code', 'refresh_token'],
  response_types: ['code'],
};
const clients = [
  {
    ...publicClient,
    client_id: 'look-alike',
    client_name: 'Cursor',
    // The second letter is Cyrillic.
    client_uri: 'https://cursоr.test/',
    redirect_uris: ['https://cursоr.test/callback'],
  },
  {
    ...publicClient,
    client_id: 'reversed',
    client_name: 'Cursor\u202Etset.live\u202C\u0000\u200B',
    redirect_uris: ['https://evil.test/callback'],
    logo_uri: 'https://evil.test/logo.png',
  },
  {
    ...publicClient,
    client_id: 'nameless',
    client_name: '\u202E\u200B',
    redirect_uris: ['https://x.test/cb'],
  },
  {
    ...publicClient,
    client_id: 'desktop',
    client_name: 'Cursor',
    client_uri: 'https://cursor.test/',
    application_type: 'native',
    redirect_uris: ['http://127.0.0.1/callback', 'cursor.test:/callback'],
  },
];

/** A client that wants to look like another one, at the page where the person decides. */
describe('threat 39: impersonation at consent', () => {
  let holdfast: Holdfast;
  before(async () => {
    holdfast = await startHoldfast({ clients });
  });
  after(() => holdfast.close());

  const consentTo = async (clientId: string, redirectUri: string, wish: Record<string, unknown> = {}) => {
    const visitor = new Visitor();
    const { issuer } = holdfast;
    const url = authorizeUrl(
      { issuer, clientId, redirectUri, resource: undefined, scope: 'openid', ...wish },
      pkce().challenge,
    );
    const login = await visitor.follow(await visitor.get(url));
    const { action, fields } = formWith(login, 'acr');
    const consent = await visitor.follow(await visitor.post(action, { ...fields, login: 'curie' }));
    assert.match(consent.text, /It will be able to/);
    return {
      login: login.text,
      consent: consent.text,
      policy: consent.headers.get('content-security-policy'),
    };
  };

  it('a look-alike of a host is shown in punycode, before and after the sign-in', async () => {
    const { login, consent } = await consentTo('look-alike', 'https://cursоr.test/callback');
    for (const html of [login, consent]) {
      assert.match(html, /xn--cursr-[a-z0-9]+\.test/);
      assert.ok(!html.includes('cursоr.test'), html);
    }
  });

  it('the host that gets the answer is named beside the decision', async () => {
    const { consent } = await consentTo('look-alike', 'https://cursоr.test/callback');
    assert.match(consent, /you go back to <b[^>]*>xn--cursr-[a-z0-9]+\.test<\/b>/);
  });

  it('a name turns no words around, hides nothing and is never empty', async () => {
    const { login, consent } = await consentTo('reversed', 'https://evil.test/callback');
    for (const html of [login, consent]) {
      assert.doesNotMatch(html, /[\u202A-\u202E\u2066-\u2069\u200B]/);
      assert.ok(!html.includes('\0'));
      assert.match(html, /Cursor tset\.live/);
      assert.match(html, /evil\.test/);
    }
    const nameless = await consentTo('nameless', 'https://x.test/cb');
    assert.match(nameless.consent, /Allow nameless\?/);
  });

  it('no picture of the client’s own is fetched or shown', async () => {
    const { consent, policy } = await consentTo('reversed', 'https://evil.test/callback');
    assert.ok(!consent.includes('logo.png'));
    assert.match(policy ?? '', /img-src 'self' data:;/);
  });

  it('an app on this device is said to be one, and to be started by herself', async () => {
    for (const redirectUri of ['http://127.0.0.1:41000/callback', 'cursor.test:/callback']) {
      const { consent } = await consentTo('desktop', redirectUri);
      assert.match(consent, /Only an app on this device can get this\./, redirectUri);
      assert.match(consent, /Go on only if you started it yourself just now\./);
      assert.match(consent, /an app on this device[^<]* that says it is from cursor\.test/);
      assert.match(consent, /you go back to <b[^>]*>an app on this device/);
    }
    const { consent } = await consentTo('reversed', 'https://evil.test/callback');
    assert.doesNotMatch(consent, /on this device/);
  });

  it('whoever may call models is said to be able to spend, beside its name', async () => {
    const resource = { resource: gatewayA };
    const spends = await consentTo('reversed', 'https://evil.test/callback', {
      ...resource,
      scope: 'openid model:call',
    });
    assert.match(spends.consent, /class="asker"(?:(?!<\/div>).)*It may call models, which can cost money/s);
    assert.doesNotMatch(spends.consent, /Call a model or spend anything/);
    const reads = await consentTo('reversed', 'https://evil.test/callback', {
      ...resource,
      scope: 'openid model:read',
    });
    assert.doesNotMatch(reads.consent, /can cost money/);
    assert.match(reads.consent, /Call a model or spend anything/);
  });

  it('the page says whose account it is', async () => {
    const { consent } = await consentTo('reversed', 'https://evil.test/callback');
    assert.match(consent, /You are <b[^>]*>curie<\/b>/);
  });
});
