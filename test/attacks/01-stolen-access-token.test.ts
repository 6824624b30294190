import assert from 'node:assert/strict';
import { newAccessToken } from '../../src/lib/opaque-token.js';
import { systemRandom } from '../../src/lib/random.js';
import { accessTokenHash } from '../../src/proof/thumbprint.js';
import { basic, Device, postForm, type Answer } from '../support/device.js';
import { craftProof } from '../support/hand-made-proof.js';
import { gatewayA, jwtGateway, secretOf } from '../support/clients.js';
import { startGuardedGateway, type GuardedGateway } from '../support/guarded-gateway.js';
import { startHoldfast, type Holdfast } from '../support/harness.js';
import {
  authorizeUrl,
  introspect,
  logIn,
  pkce,
  revoke,
  signIn,
  type Login,
  type Tokens,
} from '../support/login.js';
import { sendAsIs } from '../support/raw-request.js';
import { eventsDuring, eventsOf } from '../support/security-events.js';
import { Visitor } from '../support/visitor.js';

/** Who only has the token: every way of presenting it without the key that it is bound to. */
describe('threat 1: a stolen access token', () => {
  let holdfast: Holdfast;
  let gateway: GuardedGateway;
  let thief: Device;
  let userinfo: string;
  /** Good for userinfo. */
  let identity: Tokens;
  /** Good for calls at the gateway. */
  let spending: Tokens;

  before(async () => {
    holdfast = await startHoldfast();
    const { issuer, clock } = holdfast;
    gateway = await startGuardedGateway({ issuer, clock });
    userinfo = `${issuer}/userinfo`;
    thief = await Device.create();
    identity = await signIn({ issuer, resource: undefined, scope: 'openid profile' });
    spending = await signIn({ issuer });
    await thief.get(userinfo, identity.accessToken); // gives the thief a nonce
  });
  after(async () => {
    await gateway.close();
    await holdfast.close();
  });

  const atUserinfo = async (headers: Record<string, string>): Promise<Answer> =>
    sendAsIs(userinfo, { headers });
  const proofFor = (device: Device, token: string) => device.proof('GET', userinfo, token);

  function refused(answer: Answer, error: string): void {
    assert.equal(answer.status, 401, JSON.stringify(answer.body));
    assert.match(answer.headers.get('www-authenticate') ?? '', new RegExp(`error="${error}"`));
    assert.match(answer.headers.get('www-authenticate') ?? '', /DPoP /);
    assert.equal(answer.body['sub'], undefined);
  }

  it('works for its owner, so that what follows is refused for the theft alone', async () => {
    assert.equal((await identity.device.get(userinfo, identity.accessToken)).status, 200);
    const { accessToken, device } = spending;
    const proof = { htm: 'GET', htu: gateway.callUrl, ath: accessTokenHash(accessToken) };
    const dpop = await craftProof(device.key, { ...proof, nonce: await gateway.nonce() });
    const answer = await gateway.call({ authorization: `DPoP ${accessToken}`, dpop });
    assert.deepEqual(answer.body, { served: true });
  });

  for (const scheme of ['Bearer', 'bearer', 'BEARER']) {
    it(`is refused at userinfo as ${scheme}`, async () => {
      refused(await atUserinfo({ authorization: `${scheme} ${identity.accessToken}` }), 'invalid_token');
    });
  }

  it('is refused at userinfo as Bearer beside the proof of its own key (RFC 9449 §7.2)', async () => {
    const dpop = await proofFor(identity.device, identity.accessToken);
    refused(await atUserinfo({ authorization: `Bearer ${identity.accessToken}`, dpop }), 'invalid_token');
  });

  it('is refused at userinfo in the form and in the query', async () => {
    const form = { access_token: identity.accessToken };
    refused(await postForm({ url: userinfo, form }), 'invalid_token');
    const inQuery = await sendAsIs(`${userinfo}?access_token=${identity.accessToken}`);
    assert.equal(inQuery.status, 400);
  });

  it('is refused at userinfo as DPoP without a proof', async () => {
    refused(await atUserinfo({ authorization: `DPoP ${identity.accessToken}` }), 'invalid_dpop_proof');
  });

  it('is refused at userinfo with a proof of another key', async () => {
    const dpop = await proofFor(thief, identity.accessToken);
    refused(await atUserinfo({ authorization: `DPoP ${identity.accessToken}`, dpop }), 'invalid_token');
  });

  it('is refused at userinfo with a proof of its own key for another token', async () => {
    const dpop = await proofFor(identity.device, spending.accessToken);
    refused(await atUserinfo({ authorization: `DPoP ${identity.accessToken}`, dpop }), 'invalid_dpop_proof');
    const without = await craftProof(identity.device.key, {
      htm: 'GET',
      htu: userinfo,
      nonce: identity.device.nonce,
    });
    refused(
      await atUserinfo({ authorization: `DPoP ${identity.accessToken}`, dpop: without }),
      'invalid_dpop_proof',
    );
  });

  it('of a resource is refused at userinfo like any other, and not told to be alive', async () => {
    const { accessToken } = spending;
    refused(await atUserinfo({ authorization: `Bearer ${accessToken}` }), 'invalid_token');
    refused(await atUserinfo({ authorization: `DPoP ${accessToken}` }), 'invalid_dpop_proof');
    const dpop = await proofFor(thief, accessToken);
    refused(await atUserinfo({ authorization: `DPoP ${accessToken}`, dpop }), 'invalid_token');
  });

  it('is told apart from an unknown and from a revoked one by nobody without its key', async () => {
    const { issuer, clock } = holdfast;
    const dead = await signIn({ issuer, resource: undefined, scope: 'openid profile' });
    await revoke(issuer, dead.accessToken);
    const unknown = newAccessToken(systemRandom, clock.now() / 1000 + 300);
    const tokens = [identity.accessToken, spending.accessToken, dead.accessToken, unknown, 'nonsense'];
    const told = async (headersOf: (token: string) => Promise<Record<string, string>>) => {
      const answers = await Promise.all(tokens.map(async (token) => atUserinfo(await headersOf(token))));
      return answers.map(({ status, headers, body }) =>
        JSON.stringify([
          status,
          body['error'],
          body['error_description'],
          headers.get('www-authenticate'),
          headers.has('dpop-nonce'),
        ]),
      );
    };
    const asBearer = await told(async (token) => ({ authorization: `Bearer ${token}` }));
    const unproved = await told(async (token) => ({ authorization: `DPoP ${token}` }));
    const otherKey = await told(async (token) => ({
      authorization: `DPoP ${token}`,
      dpop: await proofFor(thief, token),
    }));
    for (const answers of [asBearer, unproved, otherKey])
      assert.equal(new Set(answers).size, 1, answers.join('\n'));
  });

  it('is refused so that a browser app can read why', async () => {
    const headers = { origin: 'https://app.test', authorization: `Bearer ${identity.accessToken}` };
    const answer = await atUserinfo(headers);
    refused(answer, 'invalid_token');
    assert.equal(answer.headers.get('access-control-allow-origin'), 'https://app.test');
    assert.match(answer.headers.get('access-control-expose-headers') ?? '', /WWW-Authenticate/);
  });

  const misuses: Record<string, () => Promise<Record<string, string>>> = {
    bearer: async () => ({ authorization: `Bearer ${identity.accessToken}` }),
    no_proof: async () => ({ authorization: `DPoP ${identity.accessToken}` }),
    wrong_key: async () => ({
      authorization: `DPoP ${identity.accessToken}`,
      dpop: await proofFor(thief, identity.accessToken),
    }),
  };
  for (const [how, headers] of Object.entries(misuses)) {
    it(`tells of token_misuse (${how}) and whose family it is`, async () => {
      const sent = await headers();
      const events = await eventsDuring(holdfast, 'token_misuse', () => atUserinfo(sent));
      assert.equal(events.length, 1);
      assert.equal(events[0]?.['how'], how);
      assert.equal(events[0]?.['clientId'], 'spa');
      assert.match(String(events[0]?.['grantId']), /^[\w-]{20,}$/);
    });
  }

  it('is counted in the metrics, and tells nothing of itself in the log', async () => {
    await atUserinfo({ authorization: `Bearer ${identity.accessToken}` });
    assert.match(
      await holdfast.app.metrics(),
      /holdfast_security_events_total\{[^}]*event="token_misuse"[^}]*\} [1-9]/,
    );
    assert.ok(!JSON.stringify(eventsOf(holdfast, 'token_misuse')).includes(identity.accessToken));
  });

  it('is refused by the gateway as Bearer, with and without a proof', async () => {
    const { accessToken, device } = spending;
    const authorization = `Bearer ${accessToken}`;
    refused(await gateway.call({ authorization }), 'invalid_token');
    const claims = { htm: 'GET', htu: gateway.callUrl, ath: accessTokenHash(accessToken) };
    const dpop = await craftProof(device.key, { ...claims, nonce: await gateway.nonce() });
    refused(await gateway.call({ authorization, dpop }), 'invalid_token');
  });

  it('is refused by the gateway as DPoP without a proof', async () => {
    refused(await gateway.call({ authorization: `DPoP ${spending.accessToken}` }), 'invalid_dpop_proof');
  });

  it('is refused by the gateway with a proof of another key', async () => {
    const { accessToken } = spending;
    const claims = { htm: 'GET', htu: gateway.callUrl, ath: accessTokenHash(accessToken) };
    const dpop = await craftProof(thief.key, { ...claims, nonce: await gateway.nonce() });
    refused(await gateway.call({ authorization: `DPoP ${accessToken}`, dpop }), 'invalid_token');
  });

  it('of userinfo is refused by the gateway even with its own key', async () => {
    const { accessToken, device } = identity;
    const claims = { htm: 'GET', htu: gateway.callUrl, ath: accessTokenHash(accessToken) };
    const dpop = await craftProof(device.key, { ...claims, nonce: await gateway.nonce() });
    refused(await gateway.call({ authorization: `DPoP ${accessToken}`, dpop }), 'invalid_token');
  });

  it('names its key to the resource server, so that a gateway of any make can ask for it', async () => {
    const { body } = await introspect(holdfast.issuer, spending.accessToken);
    assert.deepEqual(body['cnf'], { jkt: spending.device.key.jkt });
    assert.equal(body['token_type'], 'DPoP');
  });
});

/** Law 1: who opted out of binding gets identity only, and nobody gets a token for a resource without a key. */
describe('threat 1: a client without bound tokens', () => {
  const clientId = 'bearer-only';
  const headers = basic(clientId, secretOf(clientId));
  let holdfast: Holdfast;
  let answer: Answer;
  let accessToken: string;

  before(async () => {
    holdfast = await startHoldfast();
    const scope = 'openid profile offline_access';
    const login = await logIn({ issuer: holdfast.issuer, clientId, scope, resource: undefined });
    answer = await token(redemption(login));
    accessToken = String(answer.body['access_token']);
  });
  after(() => holdfast.close());

  const token = (form: Record<string, string>, credentials = headers, proof?: string) =>
    postForm({ url: `${holdfast.issuer}/token`, form, headers: credentials }, proof);
  const redemption = ({ code, verifier, redirectUri }: Login) => ({
    grant_type: 'authorization_code',
    code,
    code_verifier: verifier,
    redirect_uri: redirectUri,
  });

  it('logs in, and its Bearer token works at userinfo', async () => {
    assert.equal(answer.body['token_type'], 'Bearer');
    const bearer = { authorization: `Bearer ${accessToken}` };
    assert.equal((await sendAsIs(`${holdfast.issuer}/userinfo`, { headers: bearer })).status, 200);
  });

  it('gets an ID token and no refresh token, even with offline_access', () => {
    assert.equal(typeof answer.body['id_token'], 'string');
    assert.equal(answer.body['refresh_token'], undefined);
  });

  it('has a token that is inactive to every resource server and to itself', async () => {
    for (const asker of ['rs-a', 'rs-b', 'rs-jwt', clientId, 'web']) {
      assert.deepEqual(
        (await introspect(holdfast.issuer, accessToken, asker)).body,
        { active: false },
        asker,
      );
    }
  });

  it('is refused a resource, named or implied, at authorize, PAR and token', async () => {
    const { issuer } = holdfast;
    const asking = { issuer, clientId, scope: 'openid model:call' };
    for (const resource of [gatewayA, jwtGateway, undefined]) {
      const url = authorizeUrl({ ...asking, resource }, pkce().challenge);
      const { location } = await new Visitor().get(url);
      assert.equal(new URL(location ?? 'none:').searchParams.get('error'), 'invalid_target', location);
      const form = Object.fromEntries(new URL(url).searchParams);
      const pushed = await postForm({ url: `${issuer}/par`, form, headers });
      assert.deepEqual([pushed.status, pushed.body['error']], [400, 'invalid_target']);
    }
    const login = await logIn({ issuer, clientId, scope: 'openid', resource: undefined });
    const redeemed = await token({ ...redemption(login), resource: gatewayA });
    assert.deepEqual([redeemed.status, redeemed.body['error']], [400, 'invalid_target']);
    const grant = { grant_type: 'client_credentials', scope: 'model:call' };
    for (const more of [{ resource: gatewayA }, { resource: jwtGateway }, {}]) {
      const { status, body } = await token({ ...grant, ...more });
      assert.deepEqual([status, body['error']], [400, 'invalid_target']);
    }
  });

  it('is refused a resource also when it sends a proof for once', async () => {
    const device = await Device.create();
    const form = { grant_type: 'client_credentials', resource: gatewayA, scope: 'model:call' };
    const { status, body } = await device.post({ url: `${holdfast.issuer}/token`, form, headers });
    assert.deepEqual([status, body['error']], [400, 'invalid_target']);
  });

  it('is the only kind that gets a token without a proof', async () => {
    const { issuer } = holdfast;
    for (const resource of [gatewayA, jwtGateway, undefined]) {
      const scope = resource === undefined ? 'openid' : 'openid model:call jwt:call';
      const login = await logIn({ issuer, clientId: 'web', resource, scope });
      const redeemed = await token(redemption(login), basic('web', secretOf('web')));
      assert.deepEqual([redeemed.status, redeemed.body['access_token']], [400, undefined]);
    }
    for (const resource of [gatewayA, jwtGateway]) {
      const form = { grant_type: 'client_credentials', resource, scope: 'model:call jwt:call' };
      const { status, body } = await token(form, basic('service', secretOf('service')));
      assert.deepEqual([status, body['access_token']], [400, undefined]);
    }
    const { refreshToken } = await signIn({ issuer, clientId: 'cluster' });
    const form = { grant_type: 'refresh_token', refresh_token: refreshToken };
    const refreshed = await token(form, basic('cluster', secretOf('cluster')));
    assert.deepEqual([refreshed.status, refreshed.body['access_token']], [400, undefined]);
  });
});
