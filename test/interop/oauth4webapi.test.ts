import { strict as assert } from 'node:assert';
import { generateKeyPair, exportJWK } from 'jose';
import * as oauth from 'oauth4webapi';
import { callback, gatewayA, secretOf, testClients } from '../support/clients.js';
import { startHoldfast, type Holdfast } from '../support/harness.js';
import { goThrough } from '../support/login.js';
import { Visitor } from '../support/visitor.js';

const insecure = { [oauth.allowInsecureRequests]: true } as const;

describe('oauth4webapi, unmodified', () => {
  let holdfast: Holdfast;
  let server: oauth.AuthorizationServer;
  let privateKey: CryptoKey;

  before(async () => {
    const pair = await generateKeyPair('ES256', { extractable: true });
    privateKey = pair.privateKey;
    const jwk = { ...(await exportJWK(pair.publicKey)), kid: 'assertion', alg: 'ES256', use: 'sig' };
    holdfast = await startHoldfast({
      clients: [
        ...testClients,
        {
          client_id: 'keyed',
          token_endpoint_auth_method: 'private_key_jwt',
          token_endpoint_auth_signing_alg: 'ES256',
          jwks: { keys: [jwk] },
          redirect_uris: [callback],
          grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
          response_types: ['code'],
          id_token_signed_response_alg: 'ES256',
        },
      ],
    });
    const issuer = new URL(holdfast.issuer);
    server = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, insecure));
  });
  after(() => holdfast.close());

  /** A step that may first be answered with a nonce, as RFC 9449 §8 has it. */
  async function withNonce<Result>(step: () => Promise<Result>): Promise<Result> {
    try {
      return await step();
    } catch (error) {
      if (oauth.isDPoPNonceError(error)) return step();
      throw error;
    }
  }

  async function way(
    client: oauth.Client,
    authentication: oauth.ClientAuth,
    parameters: Record<string, string>,
  ) {
    const DPoP = oauth.DPoP(client, await oauth.generateKeyPair('ES256'));
    const verifier = oauth.generateRandomCodeVerifier();
    const [state, nonce] = [oauth.generateRandomState(), oauth.generateRandomNonce()];
    const request = new URLSearchParams({
      client_id: client.client_id,
      redirect_uri: callback,
      response_type: 'code',
      prompt: 'consent',
      state,
      nonce,
      code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      ...parameters,
    });
    const pushed = await withNonce(async () =>
      oauth.processPushedAuthorizationResponse(
        server,
        client,
        await oauth.pushedAuthorizationRequest(server, client, authentication, request, {
          DPoP,
          ...insecure,
        }),
      ),
    );
    const url = new URL(server.authorization_endpoint ?? '');
    url.searchParams.set('client_id', client.client_id);
    url.searchParams.set('request_uri', pushed.request_uri);
    const end = await goThrough(new Visitor(), url.href, 'joan@example.test');
    const checked = oauth.validateAuthResponse(server, client, new URL(end.location ?? ''), state);
    const tokens = await withNonce(async () =>
      oauth.processAuthorizationCodeResponse(
        server,
        client,
        await oauth.authorizationCodeGrantRequest(
          server,
          client,
          authentication,
          checked,
          callback,
          verifier,
          {
            DPoP,
            ...insecure,
          },
        ),
        { expectedNonce: nonce, requireIdToken: true },
      ),
    );
    return { DPoP, tokens };
  }

  it('goes the whole way with private_key_jwt: code, refresh, client credentials, introspection, revocation', async () => {
    const client: oauth.Client = { client_id: 'keyed' };
    const authentication = oauth.PrivateKeyJwt({ key: privateKey, kid: 'assertion' });
    const { DPoP, tokens } = await way(client, authentication, {
      scope: 'openid offline_access model:call',
      resource: gatewayA,
    });
    const refreshed = await withNonce(async () =>
      oauth.processRefreshTokenResponse(
        server,
        client,
        await oauth.refreshTokenGrantRequest(server, client, authentication, tokens.refresh_token ?? '', {
          DPoP,
          ...insecure,
        }),
      ),
    );
    const own = await withNonce(async () =>
      oauth.processClientCredentialsResponse(
        server,
        client,
        await oauth.clientCredentialsGrantRequest(
          server,
          client,
          authentication,
          { scope: 'model:call', resource: gatewayA },
          { DPoP, ...insecure },
        ),
      ),
    );
    const gateway: oauth.Client = { client_id: 'rs-a', introspection_signed_response_alg: 'ES256' };
    const seen = async (token: string) =>
      oauth.processIntrospectionResponse(
        server,
        gateway,
        await oauth.introspectionRequest(server, gateway, oauth.ClientSecretBasic(secretOf('rs-a')), token, {
          requestJwtResponse: true,
          ...insecure,
        }),
      );
    for (const token of [refreshed.access_token, own.access_token])
      assert.equal((await seen(token)).active, true);
    for (const token of [refreshed.access_token, own.access_token]) {
      await oauth.processRevocationResponse(
        await oauth.revocationRequest(server, client, authentication, token, insecure),
      );
      assert.equal((await seen(token)).active, false);
    }
  });

  it('serves a relying party that knows nothing but bearer tokens: identity, and only that', async () => {
    const client: oauth.Client = { client_id: 'bearer-only' };
    const basic = oauth.ClientSecretBasic(secretOf('bearer-only'));
    const verifier = oauth.generateRandomCodeVerifier();
    const url = new URL(server.authorization_endpoint ?? '');
    for (const [name, value] of Object.entries({
      client_id: client.client_id,
      redirect_uri: callback,
      response_type: 'code',
      scope: 'openid email offline_access',
      state: 'the-state',
      code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    })) {
      url.searchParams.set(name, value);
    }
    const end = await goThrough(new Visitor(), url.href, 'mary@example.test');
    const checked = oauth.validateAuthResponse(server, client, new URL(end.location ?? ''), 'the-state');
    const tokens = await oauth.processAuthorizationCodeResponse(
      server,
      client,
      await oauth.authorizationCodeGrantRequest(server, client, basic, checked, callback, verifier, insecure),
      { requireIdToken: true },
    );
    assert.equal(tokens.token_type, 'bearer');
    assert.equal(tokens.refresh_token, undefined);
    const sub = oauth.getValidatedIdTokenClaims(tokens)?.sub ?? '';
    const info = await oauth.processUserInfoResponse(
      server,
      client,
      sub,
      await oauth.userInfoRequest(server, client, tokens.access_token, insecure),
    );
    assert.equal(info.email, 'mary@example.test');
  });
});
