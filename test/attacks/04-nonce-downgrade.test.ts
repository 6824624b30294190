import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { createNonces } from '../../src/proof/nonces.js';
import { accessTokenHash } from '../../src/proof/thumbprint.js';
import { callback, gatewayA, secretOf } from '../support/clients.js';
import { craftProof } from '../support/hand-made-proof.js';
import { basic, postForm, type Answer, type Device } from '../support/device.js';
import { startGuardedGateway, type GuardedGateway } from '../support/guarded-gateway.js';
import { startHoldfast, type Holdfast } from '../support/harness.js';
import { logIn, pkce, signIn, type Tokens } from '../support/login.js';
import { sendAsIs } from '../support/raw-request.js';

const service = basic('service', secretOf('service'));
const web = basic('web', secretOf('web'));
const seconds = () => Math.floor(Date.now() / 1000);

/** A token request that succeeds whenever its proof does. */
function tokenWith(issuer: string, proof: string): Promise<Answer> {
  const form = { grant_type: 'client_credentials', resource: gatewayA, scope: 'model:call' };
  return postForm({ url: `${issuer}/token`, form, headers: service }, proof);
}

async function nonceOf(issuer: string, { key }: Device): Promise<string> {
  const { headers } = await tokenWith(issuer, await craftProof(key, { htu: `${issuer}/token` }));
  return headers.get('dpop-nonce') ?? '';
}

function asksForNonce(answer: Answer, status: number): void {
  assert.equal(answer.status, status, JSON.stringify(answer.body));
  assert.equal(answer.body['error'], 'use_dpop_nonce');
  assert.match(answer.headers.get('dpop-nonce') ?? '', /^[\w-]{20,}$/);
  if (status === 401) {
    assert.match(answer.headers.get('www-authenticate') ?? '', /^DPoP .*error="use_dpop_nonce"/);
  }
}

describe('threat 4: nonce downgrade and forgery', () => {
  let holdfast: Holdfast;
  let identity: Tokens;
  let device: Device;

  before(async () => {
    holdfast = await startHoldfast();
    identity = await signIn({ issuer: holdfast.issuer, resource: undefined, scope: 'openid' });
    device = identity.device;
  });
  afterEach(() => holdfast.clock.reset());
  after(() => holdfast.close());

  const tokenProof = (claims: Record<string, unknown>) =>
    craftProof(device.key, { htu: `${holdfast.issuer}/token`, ...claims });

  const endpoints: Record<string, { status: number; use: (claims: object) => Promise<Answer> }> = {
    '/token': {
      status: 400,
      use: async (claims) => tokenWith(holdfast.issuer, await tokenProof({ ...claims })),
    },
    '/par': {
      status: 400,
      use: async (claims) => {
        const url = `${holdfast.issuer}/par`;
        const request = { client_id: 'web', response_type: 'code', scope: 'openid', redirect_uri: callback };
        const form = { ...request, code_challenge: pkce().challenge, code_challenge_method: 'S256' };
        return postForm({ url, form, headers: web }, await craftProof(device.key, { htu: url, ...claims }));
      },
    },
    '/revoke': {
      status: 400,
      use: async (claims) => {
        const request = { url: `${holdfast.issuer}/revoke`, form: { token: 'unknown' }, headers: web };
        return postForm(request, await craftProof(device.key, { htu: request.url, ...claims }));
      },
    },
    '/userinfo': {
      status: 401,
      use: async (claims) => {
        const htu = `${holdfast.issuer}/userinfo`;
        const ath = accessTokenHash(identity.accessToken);
        const dpop = await craftProof(device.key, { htm: 'GET', htu, ath, ...claims });
        return sendAsIs(htu, { headers: { authorization: `DPoP ${identity.accessToken}`, dpop } });
      },
    },
  };

  for (const [path, { status, use }] of Object.entries(endpoints)) {
    it(`without a nonce nothing is given at ${path}, and the nonce that is then told works`, async () => {
      const answer = await use({});
      asksForNonce(answer, status);
      assert.ok((await use({ nonce: answer.headers.get('dpop-nonce') })).status < 300);
    });

    it(`a made-up nonce is no nonce at ${path}`, async () => {
      const real = await nonceOf(holdfast.issuer, device);
      for (const nonce of ['made-up', '', randomBytes(32).toString('base64url'), `${real}x`, real.slice(1)]) {
        asksForNonce(await use({ nonce }), status);
      }
    });

    it(`a fresh nonce does not make an old or early proof good at ${path}`, async () => {
      const nonce = await nonceOf(holdfast.issuer, device);
      for (const offset of [-301, -3600, -1e9, 12, 60, 1e9]) {
        const answer = await use({ nonce, iat: seconds() + offset });
        assert.equal(answer.status, status, `${offset}`);
        assert.equal(answer.body['error'], 'invalid_dpop_proof');
        assert.equal(answer.body['holdfast_code'], 'proof_out_of_window');
      }
      for (const offset of [-290, 9]) {
        assert.ok((await use({ nonce, iat: seconds() + offset })).status < 300, `${offset}`);
      }
    });
  }

  it('a nonce that is no text is malformed, not a nonce', async () => {
    for (const nonce of [1, true, null, [await nonceOf(holdfast.issuer, device)], {}]) {
      const answer = await tokenWith(holdfast.issuer, await tokenProof({ nonce }));
      assert.equal(answer.status, 400);
      assert.match(String(answer.body['error']), /invalid_dpop_proof|use_dpop_nonce/);
    }
  });

  it('costs nobody her code: the same code works with the nonce', async () => {
    const { code, verifier } = await logIn({ issuer: holdfast.issuer });
    const form = { grant_type: 'authorization_code', code, code_verifier: verifier, redirect_uri: callback };
    const request = { url: `${holdfast.issuer}/token`, form: { ...form, client_id: 'spa' } };
    const asked = await postForm(request, await tokenProof({}));
    asksForNonce(asked, 400);
    const nonce = asked.headers.get('dpop-nonce');
    assert.equal((await postForm(request, await tokenProof({ nonce }))).status, 200);
  });

  it('a nonce of the previous step is accepted, its successor told, and after four minutes it is dead', async () => {
    const nonce = await nonceOf(holdfast.issuer, device);
    const told = [];
    for (const _ of [1, 2]) {
      holdfast.clock.advance(60);
      const answer = await tokenWith(holdfast.issuer, await tokenProof({ nonce }));
      assert.equal(answer.status, 200);
      told.push(answer.headers.get('dpop-nonce'));
    }
    assert.equal(new Set([nonce, ...told]).size, 3);
    holdfast.clock.advance(120);
    asksForNonce(await tokenWith(holdfast.issuer, await tokenProof({ nonce })), 400);
  });
});

describe('threat 4: nonces of several servers', () => {
  let first: Holdfast;
  let gateway: GuardedGateway;
  let spending: Tokens;

  before(async () => {
    first = await startHoldfast();
    gateway = await startGuardedGateway({ issuer: first.issuer, clock: first.clock });
    spending = await signIn({ issuer: first.issuer });
  });
  after(async () => {
    await gateway.close();
    await first.close();
  });

  const atGateway = async (nonce: string) => {
    const { accessToken, device } = spending;
    const claims = { htm: 'GET', htu: gateway.callUrl, ath: accessTokenHash(accessToken), nonce };
    const dpop = await craftProof(device.key, claims);
    return gateway.call({ authorization: `DPoP ${accessToken}`, dpop });
  };
  const atServer = async ({ issuer }: Holdfast, nonce: string) =>
    tokenWith(issuer, await craftProof(spending.device.key, { htu: `${issuer}/token`, nonce }));

  it('the nonce of the gateway is not taken by the authorization server, nor its by the gateway', async () => {
    const [ours, theirs] = [await nonceOf(first.issuer, spending.device), await gateway.nonce()];
    asksForNonce(await atServer(first, theirs), 400);
    asksForNonce(await atGateway(ours), 401);
    assert.equal((await atServer(first, ours)).status, 200);
    assert.equal((await atGateway(theirs)).status, 200);
  });

  it('a resource server with the very key of the authorization server makes nonces of its own', async () => {
    const nonces = createNonces({ key: first.masterKey, audience: gatewayA, clock: first.clock });
    asksForNonce(await atServer(first, nonces.current()), 400);
  });

  it('a node with the same master key takes the nonces of another', async () => {
    const nonce = await nonceOf(first.issuer, spending.device);
    const second = await startHoldfast();
    try {
      assert.equal((await atServer(second, nonce)).status, 200);
    } finally {
      await second.close();
    }
  });
});
