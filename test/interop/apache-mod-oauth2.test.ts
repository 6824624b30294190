import { strict as assert } from 'node:assert';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { decodeJwt, exportJWK, generateKeyPair } from 'jose';
import { startApache, type Apache } from '../support/apache.js';
import { gatewayA, gatewayB, secretOf, testClients, testResources } from '../support/clients.js';
import { Device, type Answer } from '../support/device.js';
import { startHoldfast, type Holdfast } from '../support/harness.js';
import { revoke, signIn, type Tokens } from '../support/login.js';

/** Debian's libapache2-mod-oauth2, unmodified, before an application of its own: it introspects and checks the proof. */
describe('Apache with mod_oauth2, unmodified', () => {
  let holdfast: Holdfast;
  let application: Server;
  let apache: Apache;
  let joan: Tokens;

  before(async () => {
    const pair = await generateKeyPair('RS256', { extractable: true });
    const publicJwk = { ...(await exportJWK(pair.publicKey)), kid: 'apache', alg: 'RS256', use: 'sig' };
    const privateJwk = { ...(await exportJWK(pair.privateKey)), kid: 'apache', alg: 'RS256', use: 'sig' };
    holdfast = await startHoldfast({
      clients: [
        ...testClients,
        {
          client_id: 'rs-keyed',
          token_endpoint_auth_method: 'private_key_jwt',
          token_endpoint_auth_signing_alg: 'RS256',
          jwks: { keys: [publicJwk] },
          redirect_uris: [],
          grant_types: [],
          response_types: [],
        },
      ],
      resources: testResources.map((each) =>
        each.identifier === gatewayA ? { ...each, resource_servers: ['rs-a', 'rs-keyed'] } : each,
      ),
    });
    application = createServer((request, response) => response.end(JSON.stringify(request.headers)));
    application.listen(0, '127.0.0.1');
    await once(application, 'listening');
    const { port } = application.address() as AddressInfo;
    const jwk = encodeURIComponent(JSON.stringify(privateJwk));
    const key = `introspect.auth=private_key_jwt&client_id=rs-keyed&aud=${encodeURIComponent(holdfast.issuer)}&jwk=${jwk}`;
    const basic = `introspect.auth=client_secret_basic&client_id=rs-a&client_secret=${secretOf('rs-a')}`;
    apache = await startApache(`
ProxyPass / http://127.0.0.1:${port}/
${['/models', '/keyed']
  .map(
    (place) => `<Location ${place}>
  AuthType oauth2
  OAuth2AcceptTokenIn header name=Authorization&type=DPoP
  OAuth2TokenVerify introspect ${holdfast.issuer}/introspect "introspect.ssl_verify=false&type=dpop&expiry=0&${place === '/keyed' ? key : basic}"
  OAuth2TargetPass prefix=OAUTH2_
  Require oauth2_claim scope:model:call
</Location>`,
  )
  .join('\n')}`);
    joan = await signIn({ issuer: holdfast.issuer, login: 'joan@example.test' });
  });
  after(async () => {
    await apache.close();
    application.close();
    await holdfast.close();
  });

  const call = (token: string, device = joan.device): Promise<Answer> =>
    device.get(`${apache.url}/models`, token);
  const refused = async (answer: Answer) =>
    assert.equal(answer.status, 401, `${JSON.stringify(answer.body)}\n${await apache.log()}`);

  it('lets a living token in with its proof, and tells the application whose it is', async () => {
    const answer = await call(joan.accessToken);
    assert.equal(answer.status, 200, await apache.log());
    const { sub } = decodeJwt(joan.idToken);
    assert.equal(answer.body['oauth2_sub'], sub);
    assert.equal(answer.body['oauth2_scope'], 'model:call');
  });

  it('asks as a resource server that authenticates by private_key_jwt, too', async () => {
    const answer = await joan.device.get(`${apache.url}/keyed`, joan.accessToken);
    assert.equal(answer.status, 200, await apache.log());
  });

  it('lets none in as Bearer, without proof, with a proof that was used, or with that of another key', async () => {
    const bare = async (headers: Record<string, string>) =>
      (await fetch(`${apache.url}/models`, { headers })).status;
    const proof = await joan.device.proof('GET', `${apache.url}/models`, joan.accessToken);
    assert.equal(await bare({ authorization: `Bearer ${joan.accessToken}`, dpop: proof }), 401);
    assert.equal(await bare({ authorization: `DPoP ${joan.accessToken}`, dpop: proof }), 200);
    assert.equal(await bare({ authorization: `DPoP ${joan.accessToken}`, dpop: proof }), 401);
    assert.equal(await bare({ authorization: `DPoP ${joan.accessToken}` }), 401);
    await refused(await call(joan.accessToken, await Device.create()));
  });

  it('lets no token in that is malformed or for another resource', async () => {
    const foreign = await signIn({ issuer: holdfast.issuer, resource: gatewayB, scope: 'openid b:call' });
    await refused(await call(foreign.accessToken, foreign.device));
    for (const token of [`${joan.accessToken}x`, 'hldf_at_nothing', joan.refreshToken]) {
      // oxlint-disable-next-line no-await-in-loop
      await refused(await call(token));
    }
  });

  it('lets no token in that was revoked a moment ago', async () => {
    const { status } = await revoke(holdfast.issuer, joan.accessToken);
    assert.equal(status, 200);
    await refused(await call(joan.accessToken));
  });
});
