import { strict as assert } from 'node:assert';
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express, { type ErrorRequestHandler } from 'express';
import { auth, requiredScopes, type AuthOptions } from 'express-oauth2-jwt-bearer';
import { decodeJwt, generateKeyPair, SignJWT } from 'jose';
import { selfSigned, type Identity } from '../support/certificate-authority.js';
import { certified, jwksOf } from '../support/certified-client.js';
import { jwtGateway, testClients, testResources } from '../support/clients.js';
import { Device, postForm } from '../support/device.js';
import { startHoldfast, type Holdfast } from '../support/harness.js';
import { clientCredentials, signIn } from '../support/login.js';

const otherGateway = 'https://other-jwt.models.test/';

/** Auth0's middleware, unmodified: it verifies our JWTs by discovery and JWKS, and their proofs or certificates. */
describe('express-oauth2-jwt-bearer, unmodified', () => {
  let holdfast: Holdfast;
  let application: Server;
  let origin: string;
  let device: Device;
  let token: string;
  let certificate: Identity;

  before(async () => {
    certificate = await selfSigned();
    holdfast = await startHoldfast({
      clients: [
        ...testClients,
        {
          client_id: 'certified',
          token_endpoint_auth_method: 'self_signed_tls_client_auth',
          jwks: jwksOf(certificate),
          tls_client_certificate_bound_access_tokens: true,
          redirect_uris: [],
          grant_types: ['client_credentials'],
          response_types: [],
        },
      ],
      resources: [...testResources, { identifier: otherGateway, format: 'jwt', scope: 'other:call' }],
      trusted_proxies: ['127.0.0.1'],
      mtls: { certificates_from: 'header' },
    });
    application = applicationOf(holdfast.issuer).listen(0, '127.0.0.1');
    await once(application, 'listening');
    origin = `http://localhost:${(application.address() as AddressInfo).port}`;
    device = await Device.create();
    token = await tokenFor(device);
  });
  after(async () => {
    application.close();
    await holdfast.close();
  });

  async function tokenFor(holder: Device, resource = jwtGateway, scope = 'jwt:call'): Promise<string> {
    const { status, body } = await clientCredentials(holdfast.issuer, holder, { resource, scope });
    assert.equal(status, 200, JSON.stringify(body));
    return String(body['access_token']);
  }

  const call = async (accessToken: string, by = device, path = '/models') =>
    (await by.get(origin + path, accessToken)).status;
  const bare = async (headers: Record<string, string>) =>
    (await fetch(`${origin}/models`, { headers })).status;

  it('lets a token in with its proof', async () => {
    const { status, body } = await device.get(`${origin}/models`, token);
    assert.deepEqual([status, body['client_id'], body['aud']], [200, 'service', jwtGateway]);
  });

  it('lets none in as Bearer, without proof, or with the proof of another key or place', async () => {
    assert.equal(await bare({ authorization: `Bearer ${token}` }), 401);
    assert.notEqual(await bare({ authorization: `DPoP ${token}` }), 200);
    assert.equal(await call(token, await Device.create()), 401);
    const elsewhere = await device.proof('GET', `${origin}/other`, token);
    assert.equal(await bare({ authorization: `DPoP ${token}`, dpop: elsewhere }), 400);
  });

  it('lets none in for another audience, without the scope, from another issuer, or that is no access token', async () => {
    assert.equal(await call(await tokenFor(device, otherGateway, 'other:call')), 401);
    assert.equal(await call(token, device, '/elsewhere'), 401);
    assert.equal(await call(token, device, '/scope'), 403);
    const joan = await signIn({ issuer: holdfast.issuer, login: 'joan@example.test' }, device);
    assert.equal(await call(joan.idToken), 401);
    assert.equal(await call(joan.accessToken), 401);
  });

  it('lets none in that another key signed, whatever it says', async () => {
    const claims = decodeJwt(token);
    for (const alg of ['ES256', 'RS256'] as const) {
      // oxlint-disable-next-line no-await-in-loop
      const { privateKey } = await generateKeyPair(alg);
      // oxlint-disable-next-line no-await-in-loop
      const forged = await new SignJWT(claims).setProtectedHeader({ alg, typ: 'at+jwt' }).sign(privateKey);
      // oxlint-disable-next-line no-await-in-loop
      assert.equal(await call(forged), 401, alg);
    }
    const [, payload] = token.split('.');
    const none = Buffer.from(JSON.stringify({ alg: 'none', typ: 'at+jwt' })).toString('base64url');
    assert.equal(await call(`${none}.${payload}.`), 401);
  });

  it('lets none in whose time is over', async () => {
    // The middleware's own clock can't be moved, so the token is made in the past (it tolerates 5 s).
    holdfast.clock.advance(-400);
    const old = await tokenFor(device);
    holdfast.clock.advance(300);
    const living = await tokenFor(device);
    holdfast.clock.reset();
    assert.equal(await call(old), 401);
    assert.equal(await call(living), 200);
  });

  it('lets a token in that is bound to the certificate of the connection, and to no other', async () => {
    const { status, body } = await postForm({
      url: `${holdfast.issuer}/token`,
      form: {
        grant_type: 'client_credentials',
        resource: jwtGateway,
        scope: 'jwt:call',
        client_id: 'certified',
      },
      headers: certified(certificate),
    });
    assert.deepEqual([status, body['token_type']], [200, 'Bearer'], JSON.stringify(body));
    const authorization = `Bearer ${String(body['access_token'])}`;
    const seenBy = ({ der }: Identity) => ({ 'x-seen-certificate': der.toString('base64') });
    assert.equal(await bare({ authorization, ...seenBy(certificate) }), 200);
    assert.equal(await bare({ authorization, ...seenBy(await selfSigned()) }), 401);
    assert.notEqual(await bare({ authorization }), 200);
  });
});

function applicationOf(issuer: string): express.Express {
  const app = express();
  const protection: AuthOptions = {
    issuerBaseURL: issuer,
    audience: jwtGateway,
    tokenSigningAlg: 'ES256',
    strict: true,
    // What the application's own TLS would have seen.
    getCertificate: (request) => {
      const seen = request.headers['x-seen-certificate'];
      return typeof seen === 'string' ? Buffer.from(seen, 'base64') : undefined;
    },
  };
  const { issuerBaseURL: _none, ...byKeys } = protection;
  const other = { ...byKeys, issuer: 'https://other.test', jwksUri: `${issuer}/jwks` };
  const tell: express.RequestHandler = (request, response) => void response.json(request.auth?.payload);
  app.get('/models', auth(protection), tell);
  app.get('/scope', auth(protection), requiredScopes('other:call'), tell);
  app.get('/elsewhere', auth(other), tell);
  const answer: ErrorRequestHandler = (
    error: { status?: number; headers?: object },
    _request,
    response,
    _next,
  ) => {
    response.status(error.status ?? 500).set(error.headers ?? {});
    response.end();
  };
  app.use(answer);
  return app;
}
