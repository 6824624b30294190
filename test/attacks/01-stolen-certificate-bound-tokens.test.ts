import { strict as assert } from 'node:assert';
import { decodeJwt } from 'jose';
import { selfSigned, type Identity } from '../support/certificate-authority.js';
import { certified, jwksOf } from '../support/certified-client.js';
import { askCall } from '../support/calls.js';
import { callback, gatewayA, jwtGateway, secretOf, testClients } from '../support/clients.js';
import { basic, Device, postForm, type Answer } from '../support/device.js';
import { startHoldfast, type Holdfast } from '../support/harness.js';
import { introspect, logIn, signIn, type Login } from '../support/login.js';

const coded = {
  redirect_uris: [callback],
  grant_types: ['authorization_code', 'refresh_token'],
  response_types: ['code'],
  tls_client_certificate_bound_access_tokens: true,
};

describe('threat 1: a stolen token that is bound to a certificate (RFC 8705)', () => {
  let holdfast: Holdfast;
  let mine: Identity;
  let another: Identity;
  let renewed: Identity;

  before(async () => {
    [mine, another, renewed] = [await selfSigned(), await selfSigned(), await selfSigned()];
    holdfast = await startHoldfast({
      clients: [
        ...testClients,
        { ...coded, client_id: 'public', token_endpoint_auth_method: 'none' },
        { ...coded, client_id: 'secret', client_secret: secretOf('secret') },
        {
          ...coded,
          client_id: 'pinned',
          token_endpoint_auth_method: 'self_signed_tls_client_auth',
          jwks: jwksOf(mine, renewed),
        },
      ],
      trusted_proxies: ['127.0.0.1'],
      mtls: { certificates_from: 'header' },
    });
  });
  after(() => holdfast.close());

  const authentication = (clientId: string) =>
    clientId === 'secret'
      ? { headers: basic(clientId, secretOf(clientId)), form: {} }
      : { headers: {}, form: { client_id: clientId } };

  const ask = (clientId: string, form: Record<string, string>, by?: Identity): Promise<Answer> => {
    const own = authentication(clientId);
    return postForm({
      url: `${holdfast.issuer}/token`,
      form: { ...form, ...own.form },
      headers: { ...own.headers, ...(by && certified(by)) },
    });
  };
  const redeem = (login: Login, by?: Identity) =>
    ask(
      login.clientId,
      {
        grant_type: 'authorization_code',
        code: login.code,
        code_verifier: login.verifier,
        redirect_uri: callback,
      },
      by,
    );
  const refresh = (clientId: string, token: string, by?: Identity) =>
    ask(clientId, { grant_type: 'refresh_token', refresh_token: token }, by);

  async function signedIn(clientId: string, more: { scope?: string; resource?: string | undefined } = {}) {
    const login = await logIn({ issuer: holdfast.issuer, clientId, login: 'ada@example.test', ...more });
    const { status, body } = await redeem(login, mine);
    assert.equal(status, 200, JSON.stringify(body));
    return { access: String(body['access_token']), refresh: String(body['refresh_token']), body };
  }

  it('names its certificate to the resource server, opaque or a JWT, and is presented as Bearer', async () => {
    const { access, body } = await signedIn('public');
    assert.equal(body['token_type'], 'Bearer');
    const seen = await introspect(holdfast.issuer, access);
    assert.deepEqual(seen.body['cnf'], { 'x5t#S256': mine.thumbprint });
    const { access: jwt } = await signedIn('public', { resource: jwtGateway, scope: 'openid jwt:call' });
    assert.deepEqual(decodeJwt(jwt)['cnf'], { 'x5t#S256': mine.thumbprint });
    assert.deepEqual((await introspect(holdfast.issuer, jwt, 'rs-jwt')).body['cnf'], decodeJwt(jwt)['cnf']);
  });

  it('is never made without a certificate, nor bound to a key besides', async () => {
    const login = await logIn({ issuer: holdfast.issuer, clientId: 'public', login: 'ada@example.test' });
    const without = await redeem(login);
    assert.deepEqual([without.status, without.body['error']], [400, 'invalid_grant']);
    const { refresh: token } = await signedIn('public');
    assert.equal((await refresh('public', token)).status, 400);
    const device = await Device.create();
    const both = await device.post({
      url: `${holdfast.issuer}/token`,
      form: { grant_type: 'refresh_token', refresh_token: token, client_id: 'public' },
      headers: certified(mine),
    });
    assert.equal(both.status, 400, JSON.stringify(both.body));
  });

  for (const clientId of ['public', 'secret']) {
    it(`leaves the refresh token of a client that authenticates by nothing or a secret with its certificate: ${clientId}`, async () => {
      const { refresh: token } = await signedIn(clientId);
      const stolen = await refresh(clientId, token, another);
      assert.deepEqual([stolen.status, stolen.body['error']], [400, 'invalid_grant']);
      assert.ok(holdfast.log.some((line) => line.includes('refresh_token_wrong_key')));
      const next = await refresh(clientId, token, mine);
      assert.equal(next.status, 200, JSON.stringify(next.body));
      // And so does its successor.
      assert.equal((await refresh(clientId, String(next.body['refresh_token']), another)).status, 400);
      assert.equal((await refresh(clientId, String(next.body['refresh_token']), mine)).status, 200);
    });
  }

  it('follows a client that authenticates by certificate to its next one, and to nobody else’s', async () => {
    const { refresh: token } = await signedIn('pinned');
    assert.deepEqual((await refresh('pinned', token, another)).body['error'], 'invalid_client');
    const next = await refresh('pinned', token, renewed);
    assert.equal(next.status, 200, JSON.stringify(next.body));
    const seen = await introspect(holdfast.issuer, String(next.body['access_token']));
    assert.deepEqual(seen.body['cnf'], { 'x5t#S256': renewed.thumbprint });
  });

  it('opens userinfo with its certificate alone; without, it is answered as one that never was', async () => {
    const { access } = await signedIn('public', { resource: undefined, scope: 'openid email' });
    const ofUserinfo = async (token: string, by?: Identity) => {
      const headers = { authorization: `Bearer ${token}`, ...(by && certified(by)) };
      const answer = await fetch(`${holdfast.issuer}/userinfo`, { headers });
      const told = JSON.parse(await answer.text()) as Record<string, unknown>;
      const {
        request_id: _id,
        holdfast_code: _code,
        holdfast_help: _help,
        holdfast_detail: _detail,
        ...rest
      } = told;
      return { status: answer.status, challenge: answer.headers.get('www-authenticate'), rest };
    };
    assert.equal((await ofUserinfo(access, mine)).status, 200);
    const never = await ofUserinfo('hldf_at_nothing');
    assert.equal(never.status, 401);
    assert.deepEqual(await ofUserinfo(access), never);
    assert.deepEqual(await ofUserinfo(access, another), never);
  });

  it('spends at a gateway that saw its certificate, and at none that saw another one or a key', async () => {
    const { access: token } = await signedIn('public');
    const device = await Device.create();
    const call = async (shown: Record<string, string>, accessToken = token) => {
      const { body } = await askCall(holdfast.issuer, { token: accessToken, model: 'echo', ...shown });
      return [body['decision'], (body['body'] as Record<string, unknown> | undefined)?.['error']];
    };
    assert.deepEqual(await call({ certificate: mine.thumbprint }), ['allow', undefined]);
    assert.deepEqual(await call({ certificate: another.thumbprint }), ['deny', 'invalid_token']);
    // A thumbprint is none of the other kind.
    assert.deepEqual(await call({ jkt: mine.thumbprint }), ['deny', 'invalid_token']);
    const url = `${gatewayA}v1/chat`;
    const proof = { dpop: await device.proof('POST', url, token), method: 'POST', url };
    assert.deepEqual((await call({ proof } as never))[0], 'deny');
    const bound = await signIn({ issuer: holdfast.issuer, login: 'ada@example.test' }, device);
    assert.deepEqual(await call({ certificate: device.key.jkt }, bound.accessToken), [
      'deny',
      'invalid_token',
    ]);
    assert.deepEqual(await call({ jkt: device.key.jkt }, bound.accessToken), ['allow', undefined]);
  });
});
