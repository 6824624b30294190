import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  calculateJwkThumbprint,
  decodeJwt,
  exportJWK,
  generateKeyPair,
  SignJWT,
  type CryptoKey,
  type JWK,
} from 'jose';
import { assertionClient, machineGrant, type AssertionClient } from '../support/assertion-client.js';
import { jwtGateway, testClients } from '../support/clients.js';
import { craftProof } from '../support/hand-made-proof.js';
import { Device, postForm, type Answer } from '../support/device.js';
import { startHoldfast, type Holdfast } from '../support/harness.js';
import { clientCredentials, introspect, revoke, signIn } from '../support/login.js';

/** A server of the thief's that serves her keys, and counts who asks. */
class KeyServer {
  readonly asked: string[] = [];
  keys: JWK[] = [];
  broken = false;
  readonly #server: Server = createServer((request, response) => {
    this.asked.push(request.url ?? '');
    if (this.broken) return void request.socket.destroy();
    response.setHeader('content-type', 'application/jwk-set+json');
    response.setHeader('cache-control', 'max-age=31536000');
    response.end(JSON.stringify({ keys: this.keys }));
  });

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

const longKid = 'k'.repeat(10_240);
const oddKids = [
  '../../../../etc/passwd',
  '/dev/null',
  'file:///etc/passwd',
  `x' OR '1'='1`,
  `'; DROP TABLE signing_key; --`,
  '__proto__',
  'constructor',
  '\u0000',
  '',
  longKid,
];

describe('threat 28: a key that the token itself names', () => {
  let holdfast: Holdfast;
  let thief: { readonly key: CryptoKey; readonly jwk: JWK };
  let client: AssertionClient;
  let device: Device;
  let keyServer: KeyServer;
  let address: string;
  let accessToken: string;
  let idToken: string;

  before(async () => {
    keyServer = new KeyServer();
    address = await keyServer.listen();
    const pair = await generateKeyPair('ES256', { extractable: true });
    thief = { key: pair.privateKey, jwk: await exportJWK(pair.publicKey) };
    keyServer.keys = [{ ...thief.jwk, kid: 'its-key', alg: 'ES256', use: 'sig' }];
    client = await assertionClient('victim');
    // Private addresses may be fetched here: only so does it mean something that nobody fetches.
    holdfast = await startHoldfast({
      clients: [...testClients, client.metadata],
      dangerously_allow_private_network_fetch: true,
    });
    device = await Device.create();
    const wish = { resource: jwtGateway, scope: 'jwt:call' };
    accessToken = String((await clientCredentials(holdfast.issuer, device, wish)).body['access_token']);
    ({ idToken } = await signIn({ issuer: holdfast.issuer }));
  });
  after(async () => {
    await holdfast.close();
    await keyServer.close();
  });
  afterEach(() => assert.deepEqual(keyServer.asked, [], 'something was fetched'));

  const headers = async (): Promise<Record<string, object>> => ({
    jwk: { jwk: thief.jwk },
    jku: { jku: `${address}/jwks` },
    x5u: { x5u: `${address}/certificate` },
    x5c: { x5c: ['MIIB'] },
    'jwk with its thumbprint': { jwk: thief.jwk, kid: await calculateJwkThumbprint(thief.jwk) },
    'jku and a kid that is an address': { jku: `${address}/jwks`, kid: `${address}/jwks` },
  });
  const forge = (claims: object, header: object) =>
    new SignJWT(claims as Record<string, unknown>)
      .setProtectedHeader({ alg: 'ES256', ...header })
      .sign(thief.key);
  async function authenticate(assertion: string): Promise<Answer> {
    const url = `${holdfast.issuer}/token`;
    const form = { ...machineGrant, ...client.form(assertion) };
    return postForm({ url, form }, await device.proof('POST', url));
  }
  const hint = async (jwt: string) =>
    (await fetch(`${holdfast.issuer}/logout?id_token_hint=${jwt}`, { redirect: 'manual' })).status;

  it('is not needed: the real ones work', async () => {
    assert.equal((await authenticate(await client.assertion(holdfast.issuer))).status, 200);
    assert.equal((await introspect(holdfast.issuer, accessToken, 'rs-jwt')).body['active'], true);
    assert.equal(await hint(idToken), 200);
  });

  for (const name of [
    'jwk',
    'jku',
    'x5u',
    'x5c',
    'jwk with its thumbprint',
    'jku and a kid that is an address',
  ]) {
    it(`makes no client assertion: ${name}`, async () => {
      const claims = decodeJwt(await client.assertion(holdfast.issuer));
      const { status, body } = await authenticate(await forge(claims, (await headers())[name] ?? {}));
      assert.deepEqual([status, body['error']], [401, 'invalid_client']);
    });

    it(`makes no access token and nothing to revoke by: ${name}`, async () => {
      const header = { typ: 'at+jwt', ...(await headers())[name] };
      const forged = await forge(decodeJwt(accessToken), header);
      assert.deepEqual((await introspect(holdfast.issuer, forged, 'rs-jwt')).body, { active: false });
      await revoke(holdfast.issuer, forged, 'service');
      assert.equal((await introspect(holdfast.issuer, accessToken, 'rs-jwt')).body['active'], true);
    });

    it(`makes no id_token_hint: ${name}`, async () => {
      assert.equal(await hint(await forge(decodeJwt(idToken), (await headers())[name] ?? {})), 400);
    });

    it(`changes nothing where the signature is the client's own: ${name}`, async () => {
      const assertion = await client.assertion(
        holdfast.issuer,
        {},
        { ...(await headers())[name], kid: 'its-key' },
      );
      assert.equal((await authenticate(assertion)).status, 200);
    });
  }

  for (const kid of oddKids) {
    it(`is harmless as kid of an assertion, an access token, a hint and a proof: ${JSON.stringify(kid.slice(0, 30))}`, async () => {
      const { issuer } = holdfast;
      const assertion = await authenticate(await client.assertion(issuer, {}, { kid }));
      assert.deepEqual([assertion.status, assertion.body['error']], [401, 'invalid_client']);
      const forged = await forge(decodeJwt(accessToken), { typ: 'at+jwt', kid });
      assert.deepEqual((await introspect(issuer, forged, 'rs-jwt')).body, { active: false });
      if (kid !== longKid) assert.equal(await hint(await forge(decodeJwt(idToken), { kid })), 400);
      const url = `${issuer}/token`;
      const form = { ...machineGrant, ...client.form(await client.assertion(issuer)) };
      const proof = await craftProof(device.key, { htu: url, nonce: device.nonce }, { kid });
      const { status, body } = await postForm({ url, form }, proof);
      // RFC 9449 §4.2 names the members of the header; what else is there does not choose the key.
      if (status !== 200) assert.equal(body['error'], 'invalid_dpop_proof');
      else assert.notEqual(kid, longKid);
      assert.equal((await fetch(`${issuer}/jwks`)).status, 200);
    });
  }
});

describe('threat 28: keys that a client serves itself', () => {
  let holdfast: Holdfast;
  let client: AssertionClient;
  let stranger: AssertionClient;
  let device: Device;
  let keyServer: KeyServer;

  beforeEach(async () => {
    keyServer = new KeyServer();
    const address = await keyServer.listen();
    client = await assertionClient('remote');
    stranger = await assertionClient('remote');
    keyServer.keys = [client.publicJwk];
    const { jwks: _, ...metadata } = client.metadata;
    holdfast = await startHoldfast({
      clients: [...testClients, { ...metadata, client_id: 'remote', jwks_uri: `${address}/jwks` }],
      dangerously_allow_private_network_fetch: true,
    });
    device = await Device.create();
    await newNonce();
  });
  afterEach(async () => {
    holdfast.clock.reset();
    await holdfast.close();
    await keyServer.close();
  });

  const newNonce = () => device.get(`${holdfast.issuer}/userinfo`, 'x');
  async function later(seconds: number): Promise<void> {
    holdfast.clock.advance(seconds);
    await newNonce();
  }

  async function authenticate(by: AssertionClient, header: Record<string, unknown> = {}): Promise<number> {
    const url = `${holdfast.issuer}/token`;
    const form = { ...machineGrant, ...by.form(await by.assertion(holdfast.issuer, {}, header)) };
    return (await postForm({ url, form }, await device.proof('POST', url))).status;
  }

  it('are fetched once for 20 unknown kids, and once more for 10 after 5 minutes', async () => {
    assert.equal(await authenticate(client), 200);
    for (let round = 0; round < 20; round += 1) {
      assert.equal(await authenticate(stranger, { kid: `unknown-${round}` }), 401);
    }
    assert.equal(keyServer.asked.length, 1);
    await later(301);
    const unknown = Array.from({ length: 10 }, (_, round) => authenticate(stranger, { kid: `new-${round}` }));
    assert.deepEqual(new Set(await Promise.all(unknown)), new Set([401]));
    assert.equal(keyServer.asked.length, 2);
  });

  it('are not fetched for each request while their server is broken', async () => {
    keyServer.broken = true;
    for (let round = 0; round < 10; round += 1) assert.equal(await authenticate(client), 401);
    await Promise.all(Array.from({ length: 10 }, () => authenticate(client)));
    assert.equal(keyServer.asked.length, 1);
    keyServer.broken = false;
    await later(31);
    assert.equal(await authenticate(client), 200);
    assert.equal(keyServer.asked.length, 2);
  });

  it('that the client took out are refused within 5 minutes, however long it lets them be cached', async () => {
    assert.equal(await authenticate(client), 200);
    keyServer.keys = [{ ...stranger.publicJwk, kid: 'new-key' }];
    await later(301);
    // The stolen key is the first to come: nobody has asked with the new one yet.
    assert.equal(await authenticate(client), 401);
    assert.equal(await authenticate(stranger, { kid: 'new-key' }), 200);
  });

  it('go on to be good while the server that gave them is away', async () => {
    assert.equal(await authenticate(client), 200);
    keyServer.broken = true;
    await later(301);
    assert.equal(await authenticate(client), 200);
  });
});
