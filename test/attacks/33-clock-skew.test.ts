import assert from 'node:assert/strict';
import type { JWTPayload } from 'jose';
import { accessTokenHash } from '../../src/proof/thumbprint.js';
import { assertionClient, machineGrant, type AssertionClient } from '../support/assertion-client.js';
import { testClients } from '../support/clients.js';
import { craftProof } from '../support/hand-made-proof.js';
import { Device, postForm, type Answer } from '../support/device.js';
import { startGuardedGateway, type GuardedGateway } from '../support/guarded-gateway.js';
import { freePort } from '../../examples/support/free-port.js';
import { startHoldfast, type Holdfast } from '../support/harness.js';
import { introspect, logIn, redeem, refresh, revoke, signIn, type Tokens } from '../support/login.js';
import { sendAsIs } from '../support/raw-request.js';

const seconds = () => Math.floor(Date.now() / 1000);

describe('threat 33: a client whose clock is wrong', () => {
  let holdfast: Holdfast;
  let gateway: GuardedGateway;
  let client: AssertionClient;
  let tokens: Tokens;
  let identity: Tokens;

  before(async () => {
    client = await assertionClient('skewed');
    holdfast = await startHoldfast({ clients: [...testClients, client.metadata] });
    const { issuer, clock } = holdfast;
    gateway = await startGuardedGateway({ issuer, clock });
    tokens = await signIn({ issuer });
    identity = await signIn({ issuer, resource: undefined, scope: 'openid profile' });
    await identity.device.get(`${issuer}/userinfo`, identity.accessToken);
  });
  after(async () => {
    await gateway.close();
    await holdfast.close();
  });

  async function authenticate(claims: JWTPayload): Promise<Answer> {
    const { device } = identity;
    const form = { ...machineGrant, ...client.form(await client.assertion(holdfast.issuer, claims)) };
    const url = `${holdfast.issuer}/token`;
    return postForm({ url, form }, await device.proof('POST', url));
  }

  const taken: Record<string, () => JWTPayload> = {
    'issued 10 s ahead': () => ({ iat: seconds() + 10, exp: seconds() + 70 }),
    'valid from 10 s ahead': () => ({ nbf: seconds() + 10, exp: seconds() + 70 }),
    'ended 5 s ago': () => ({ iat: seconds() - 60, exp: seconds() - 5 }),
  };
  for (const [what, claims] of Object.entries(taken)) {
    it(`is let in with an assertion that is ${what}`, async () => {
      const { status, body } = await authenticate(claims());
      assert.equal(status, 200, JSON.stringify(body));
    });
  }

  const refused: Record<string, () => object> = {
    'issued 60 s ahead': () => ({ iat: seconds() + 60, exp: seconds() + 120 }),
    'issued a year ahead': () => ({ iat: seconds() + 31_536_000, exp: seconds() + 60 }),
    'valid from 60 s ahead': () => ({ nbf: seconds() + 60, exp: seconds() + 120 }),
    'ended 60 s ago': () => ({ iat: seconds() - 120, exp: seconds() - 60 }),
    'valid for ten years': () => ({ exp: seconds() + 315_360_000 }),
    'without an end': () => ({ exp: undefined }),
    'ending at a text': () => ({ exp: String(seconds() + 60) }),
    'valid from a text': () => ({ nbf: String(seconds()) }),
    'issued at a text': () => ({ iat: String(seconds()) }),
  };
  for (const [what, claims] of Object.entries(refused)) {
    it(`is refused with an assertion that is ${what}`, async () => {
      const { status, body } = await authenticate(claims() as JWTPayload);
      assert.deepEqual([status, body['error']], [401, 'invalid_client']);
    });
  }

  /** The proof's `iat` is so many seconds off. */
  const places: Record<string, (offset: number) => Promise<Answer>> = {
    'the token endpoint': async (offset) => {
      const url = `${holdfast.issuer}/token`;
      const { key, nonce } = identity.device;
      const proof = await craftProof(key, { htm: 'POST', htu: url, nonce, iat: seconds() + offset });
      const form = { ...machineGrant, ...client.form(await client.assertion(holdfast.issuer)) };
      return postForm({ url, form }, proof);
    },
    userinfo: async (offset) => {
      const url = `${holdfast.issuer}/userinfo`;
      const { accessToken, device } = identity;
      const claims = { htm: 'GET', htu: url, ath: accessTokenHash(accessToken), nonce: device.nonce };
      const dpop = await craftProof(device.key, { ...claims, iat: seconds() + offset });
      return sendAsIs(url, { headers: { authorization: `DPoP ${accessToken}`, dpop } });
    },
    'the gateway': async (offset) => {
      const { accessToken, device } = tokens;
      const claims = { htm: 'GET', htu: gateway.callUrl, ath: accessTokenHash(accessToken) };
      const dpop = await craftProof(device.key, {
        ...claims,
        nonce: await gateway.nonce(),
        iat: seconds() + offset,
      });
      return gateway.call({ authorization: `DPoP ${accessToken}`, dpop });
    },
  };
  for (const [place, send] of Object.entries(places)) {
    it(`is let in at ${place} with a proof 10 s ahead or 60 s behind`, async () => {
      for (const offset of [10, -60]) {
        const { status, body } = await send(offset);
        assert.equal(status, 200, `${offset}: ${JSON.stringify(body)}`);
      }
    });

    it(`is refused at ${place} with a proof 60 s ahead, ten years ahead or an hour behind`, async () => {
      for (const offset of [60, 315_360_000, -3600]) {
        const { status, body } = await send(offset);
        assert.ok([400, 401].includes(status), `${offset}: ${status}`);
        assert.equal(body['error'], 'invalid_dpop_proof', String(offset));
      }
    });
  }
});

/** Both read one clock here; it is moved between the request to the one and the request to the other. */
describe('threat 33: two nodes whose clocks are 10 s apart', () => {
  let ahead: Holdfast;
  let behind: Holdfast;
  before(async () => {
    ahead = await startHoldfast();
    behind = await startHoldfast({ issuer: ahead.issuer, port: await freePort() });
  });
  afterEach(() => ahead.clock.reset());
  after(async () => {
    await ahead.close();
    await behind.close();
  });
  const fallBack = () => ahead.clock.advance(-10);
  const other = () => `http://127.0.0.1:${behind.config.port}`;

  /** A refresh at the node that is behind. */
  async function refreshThere({ refreshToken, device }: Tokens): Promise<Answer> {
    const form = { grant_type: 'refresh_token', refresh_token: refreshToken, client_id: 'spa' };
    return postForm({ url: `${other()}/token`, form }, await device.proof('POST', `${ahead.issuer}/token`));
  }

  it('take each other’s access tokens, refresh tokens and nonces, minted in their future', async () => {
    ahead.clock.advance(5);
    const tokens = await signIn({ issuer: ahead.issuer });
    fallBack();
    assert.equal((await introspect(other(), tokens.accessToken)).body['active'], true);
    const { status, body } = await refreshThere(tokens);
    assert.equal(status, 200, JSON.stringify(body));
  });

  it('take codes minted in their future', async () => {
    ahead.clock.advance(5);
    const login = await logIn({ issuer: ahead.issuer });
    fallBack();
    const device = await Device.create();
    assert.equal((await redeem(ahead.issuer, login, device)).status, 200);
  });

  it('know each other’s revocations, whichever is ahead', async () => {
    for (const skew of [-10, 10]) {
      const { accessToken, refreshToken, device } = await signIn({ issuer: ahead.issuer });
      await revoke(ahead.issuer, refreshToken);
      ahead.clock.advance(skew);
      assert.deepEqual((await introspect(other(), accessToken)).body, { active: false });
      assert.equal((await refresh(ahead.issuer, refreshToken, device)).status, 400);
      ahead.clock.reset();
    }
  });

  it('remember each other’s proofs: the one that is behind takes none a second time', async () => {
    const url = `${ahead.issuer}/userinfo`;
    const identity = await signIn({ issuer: ahead.issuer, resource: undefined, scope: 'openid profile' });
    await identity.device.get(url, identity.accessToken);
    const dpop = await identity.device.proof('GET', url, identity.accessToken);
    const headers = { authorization: `DPoP ${identity.accessToken}`, dpop };
    assert.equal((await sendAsIs(url, { headers })).status, 200);
    for (const skew of [-10, 20]) {
      ahead.clock.advance(skew);
      assert.equal((await sendAsIs(`${other()}/userinfo`, { headers })).status, 401);
    }
  });
});
