import assert from 'node:assert/strict';
import { accessTokenHash } from '../../src/proof/thumbprint.js';
import { gatewayA, gatewayB, secretOf } from '../support/clients.js';
import { craftProof } from '../support/hand-made-proof.js';
import { basic, Device } from '../support/device.js';
import { startGuardedGateway } from '../support/guarded-gateway.js';
import { startHoldfast, type Holdfast } from '../support/harness.js';
import { authorizeUrl, pkce, signIn } from '../support/login.js';
import { sendAsIs } from '../support/raw-request.js';

/** Everything by which an outsider may say under which address we are reached. */
const forgeries: Record<string, Record<string, string>> = {
  Host: { host: 'evil.example' },
  'X-Forwarded-Host': { 'x-forwarded-host': 'evil.example' },
  'X-Forwarded-Proto': { 'x-forwarded-proto': 'https' },
  Forwarded: { forwarded: 'for=192.0.2.1;host=evil.example;proto=https' },
  'X-Original-Host and others': {
    'x-original-host': 'evil.example',
    'x-forwarded-server': 'evil.example',
    'x-host': 'evil.example',
    'x-original-url': 'https://evil.example/token',
    'x-rewrite-url': 'https://evil.example/token',
  },
  'all of them': {
    host: 'evil.example',
    'x-forwarded-host': 'evil.example, evil.example',
    'x-forwarded-proto': 'https',
    'x-forwarded-port': '443',
    'x-forwarded-prefix': '/evil.example',
    forwarded: 'host=evil.example;proto=https',
  },
};

describe('threat 5: htu and host confusion', () => {
  let holdfast: Holdfast;
  let issuer: string;
  let device: Device;
  let nonce: string;

  before(async () => {
    holdfast = await startHoldfast();
    ({ issuer } = holdfast);
    device = await Device.create();
    nonce = (await tokenFor({}, {})).headers.get('dpop-nonce') ?? '';
  });
  after(() => holdfast.close());

  async function tokenFor(claims: Record<string, unknown>, forged: Record<string, string>) {
    return sendAsIs(`${issuer}/token`, {
      method: 'POST',
      headers: {
        ...basic('service', secretOf('service')),
        ...forged,
        dpop: await craftProof(device.key, { htu: `${issuer}/token`, nonce, ...claims }),
      },
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        resource: gatewayA,
        scope: 'model:call',
      }).toString(),
    });
  }

  for (const [name, forged] of Object.entries(forgeries)) {
    it(`a proof for the forged address is refused, one for ours works: ${name}`, async () => {
      for (const htu of ['http://evil.example/token', 'https://evil.example/token', httpsOf(issuer)]) {
        const answer = await tokenFor({ htu }, forged);
        assert.deepEqual([answer.status, answer.body['error']], [400, 'invalid_dpop_proof'], htu);
      }
      assert.equal((await tokenFor({}, forged)).status, 200);
    });

    it(`metadata, redirects, cookies and errors are the same bytes: ${name}`, async () => {
      for (const path of ['/.well-known/openid-configuration', '/.well-known/oauth-authorization-server']) {
        const honest = await sendAsIs(issuer + path);
        const answer = await sendAsIs(issuer + path, { headers: forged });
        assert.deepEqual(answer.body, honest.body);
        assert.equal(answer.body['issuer'], issuer);
      }
      const url = authorizeUrl({ issuer }, pkce().challenge);
      const login = await sendAsIs(url, { headers: forged });
      assert.equal(login.status, 303);
      assert.match(login.headers.get('location') ?? '', /^\/interaction\//);
      const unsent = await sendAsIs(`${url}&prompt=none`.replace('prompt=consent&', ''), { headers: forged });
      assert.equal(new URL(unsent.headers.get('location') ?? '').searchParams.get('iss'), issuer);
      const page = await sendAsIs(`${issuer}/logout`, { headers: { ...forged, accept: 'text/html' } });
      const refusal = await sendAsIs(`${issuer}/authorize`, { headers: { ...forged, accept: 'text/html' } });
      for (const { headers, body } of [login, unsent, page, refusal]) {
        assert.ok(!JSON.stringify([[...headers], body]).includes('evil.example'));
        assert.ok(!/;\s*(secure|domain)/i.test(headers.get('set-cookie') ?? ''));
      }
    });
  }

  it('the method is the one of the request line, whatever X-HTTP-Method-Override says', async () => {
    const forged = { 'x-http-method-override': 'GET', 'x-http-method': 'GET', 'x-method-override': 'GET' };
    assert.equal((await tokenFor({ htm: 'GET' }, forged)).body['error'], 'invalid_dpop_proof');
    for (const htm of ['post', 'Post', 'PUT', '', undefined, ['POST']]) {
      assert.equal((await tokenFor({ htm }, {})).body['error'], 'invalid_dpop_proof', String(htm));
    }
  });

  it('a proof for another endpoint, scheme, port, path or person is refused', async () => {
    const { port } = new URL(issuer);
    const wrong = [
      `${issuer}/par`,
      `${issuer}/`,
      issuer,
      `${issuer}/token/`,
      `${issuer}/Token`,
      `${issuer}/token%2F`,
      `${issuer}//token`,
      `http://localhost/token`,
      `http://127.0.0.1:${port}/token`,
      `http://someone@localhost:${port}/token`,
      `http://localhost:${port}.evil.example/token`,
      '/token',
      'token',
      '',
      undefined,
      [`${issuer}/token`],
    ];
    for (const htu of wrong) {
      const answer = await tokenFor({ htu }, {});
      assert.deepEqual([answer.status, answer.body['error']], [400, 'invalid_dpop_proof'], String(htu));
    }
  });

  it('query and fragment of htu do not count (RFC 9449 §4.3 check 9)', async () => {
    assert.equal((await tokenFor({ htu: `${issuer}/token?x=1#y` }, {})).status, 200);
  });

  it('another spelling of the path is the same endpoint under the same address', async () => {
    const dpop = await craftProof(device.key, { htu: `${issuer}/TOKEN/`, nonce });
    const headers = { ...basic('service', secretOf('service')), dpop };
    const answer = await sendAsIs(`${issuer}/TOKEN/`, {
      method: 'POST',
      headers,
      body: `grant_type=client_credentials&scope=model:call&resource=${encodeURIComponent(gatewayA)}`,
    });
    assert.ok(answer.status >= 400 && answer.status < 500, `${answer.status}`);
  });

  it('token and proof for one resource server fail at another', async () => {
    const { clock } = holdfast;
    const one = await startGuardedGateway({ issuer, clock });
    const other = await startGuardedGateway({ issuer, clock, resource: gatewayB, clientId: 'rs-b' });
    try {
      const { accessToken, device: owner } = await signIn({ issuer });
      const callTo = async (gateway: typeof one, htu: string) => {
        const claims = { htm: 'GET', htu, ath: accessTokenHash(accessToken), nonce: await gateway.nonce() };
        const dpop = await craftProof(owner.key, claims);
        return gateway.call({ authorization: `DPoP ${accessToken}`, dpop });
      };
      assert.equal((await callTo(one, one.callUrl)).status, 200);
      const atOther = await callTo(other, one.callUrl);
      assert.deepEqual([atOther.status, atOther.body['error']], [401, 'invalid_dpop_proof']);
      const wrongToken = await callTo(other, other.callUrl);
      assert.deepEqual([wrongToken.status, wrongToken.body['error']], [401, 'invalid_token']);
    } finally {
      await one.close();
      await other.close();
    }
  });
});

const httpsOf = (issuer: string) => `${issuer.replace('http:', 'https:')}/token`;
