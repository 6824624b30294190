import { strict as assert } from 'node:assert';
import * as client from 'openid-client';
import { callback, gatewayA, jwtGateway, secretOf } from '../support/clients.js';
import { startHoldfast, type Holdfast } from '../support/harness.js';
import { goThrough } from '../support/login.js';
import { formWith, Visitor } from '../support/visitor.js';

describe('openid-client, unmodified, with DPoP and mandatory nonces', () => {
  let holdfast: Holdfast;
  let config: client.Configuration;
  let visitor: Visitor;
  const insecure = { execute: [client.allowInsecureRequests] };

  before(async () => {
    holdfast = await startHoldfast();
    config = await client.discovery(
      new URL(holdfast.issuer),
      'web',
      undefined,
      client.ClientSecretBasic(secretOf('web')),
      insecure,
    );
  });
  after(() => holdfast.close());

  async function signIn(parameters: Record<string, string> = {}) {
    visitor = new Visitor();
    const handle = client.getDPoPHandle(config, await client.randomDPoPKeyPair('ES256'));
    const verifier = client.randomPKCECodeVerifier();
    const [state, nonce] = [client.randomState(), client.randomNonce()];
    const url = await client.buildAuthorizationUrlWithPAR(
      config,
      {
        redirect_uri: callback,
        scope: 'openid offline_access model:call',
        resource: gatewayA,
        prompt: 'consent',
        state,
        nonce,
        code_challenge: await client.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
        ...parameters,
      },
      { DPoP: handle },
    );
    const end = await goThrough(visitor, url.href, 'grace@example.test', 'urn:holdfast:acr:phr');
    const tokens = await client.authorizationCodeGrant(
      config,
      new URL(end.location ?? ''),
      { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true },
      undefined,
      { DPoP: handle },
    );
    return { handle, tokens };
  }

  it('discovers what it needs', () => {
    const metadata = config.serverMetadata();
    assert.equal(metadata.issuer, holdfast.issuer);
    assert.deepEqual(metadata.code_challenge_methods_supported, ['S256']);
    assert.ok(metadata.pushed_authorization_request_endpoint);
    assert.equal(metadata.authorization_response_iss_parameter_supported, true);
    assert.ok(metadata['dpop_signing_alg_values_supported']);
  });

  it('pushes, signs in, redeems, refreshes, introspects and revokes', async () => {
    const { handle, tokens } = await signIn();
    assert.equal(tokens.token_type, 'dpop');
    assert.equal(tokens.claims()?.['acr'], 'urn:holdfast:acr:phr');

    const refreshed = await client.refreshTokenGrant(config, tokens.refresh_token ?? '', undefined, {
      DPoP: handle,
    });
    assert.notEqual(refreshed.refresh_token, tokens.refresh_token);
    assert.equal(refreshed.claims()?.auth_time, tokens.claims()?.auth_time);

    const resourceServer = await client.discovery(
      new URL(holdfast.issuer),
      'rs-a',
      undefined,
      client.ClientSecretBasic(secretOf('rs-a')),
      insecure,
    );
    const seen = await client.tokenIntrospection(resourceServer, refreshed.access_token);
    assert.equal(seen.active, true);
    assert.equal(seen.token_type, 'DPoP');
    assert.ok(seen.cnf?.jkt);

    await client.tokenRevocation(config, refreshed.refresh_token ?? '');
    assert.deepEqual(await client.tokenIntrospection(resourceServer, refreshed.access_token), {
      active: false,
    });
    await assert.rejects(
      client.refreshTokenGrant(config, refreshed.refresh_token ?? '', undefined, { DPoP: handle }),
      (error: client.ResponseBodyError) => error.error === 'invalid_grant',
    );
  });

  it('reads userinfo with a token that is for userinfo', async () => {
    const { handle, tokens } = await signIn({ scope: 'openid profile email', resource: '' });
    const info = await client.fetchUserInfo(config, tokens.access_token, tokens.claims()?.sub ?? '', {
      DPoP: handle,
    });
    assert.equal(info.email, 'grace@example.test');
    assert.equal(info.email_verified, false);
  });

  it('gets a token for itself by client credentials', async () => {
    const handle = client.getDPoPHandle(config, await client.randomDPoPKeyPair('Ed25519'));
    const tokens = await client.clientCredentialsGrant(
      config,
      { scope: 'jwt:call', resource: jwtGateway },
      { DPoP: handle },
    );
    assert.equal(tokens.token_type, 'dpop');
    assert.equal(tokens.access_token.split('.').length, 3);
  });

  it('logs out at the provider, which asks first', async () => {
    const { tokens } = await signIn();
    const url = client.buildEndSessionUrl(config, { id_token_hint: tokens.id_token ?? '' });
    const page = await visitor.get(url.href);
    const form = formWith(page, 'logout');
    const done = await visitor.follow(await visitor.post(form.action, form.fields));
    assert.equal(done.status, 200);
    assert.match(done.text, /signed out/i);
  });
});
