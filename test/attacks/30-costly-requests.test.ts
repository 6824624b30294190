import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CompactEncrypt, exportJWK, generateKeyPair, SignJWT, type JWK, type JWTPayload } from 'jose';
import { loadConfig } from '../../src/config/load.js';
import { assertionClient, machineGrant, type AssertionClient } from '../support/assertion-client.js';
import { callback, gatewayA, secretOf, testClients } from '../support/clients.js';
import { craftProof } from '../support/hand-made-proof.js';
import { basic, Device, postForm, type Answer } from '../support/device.js';
import { startHoldfast, type Holdfast } from '../support/harness.js';
import { authorizeUrl, introspect, pkce } from '../support/login.js';

const rsa = (bits: number, exponent = 'AQAB', more: JWK = {}): JWK => ({
  kty: 'RSA',
  n: Buffer.alloc(bits / 8, 0xff).toString('base64url'),
  e: exponent,
  kid: 'its-key',
  alg: 'RS256',
  use: 'sig',
  ...more,
});

const costly: Record<string, JWK> = {
  'a modulus of 4104 bits': rsa(4104),
  'a modulus of 16384 bits': rsa(16_384),
  'a modulus of 1024 bits': rsa(1024),
  'a modulus of 1024 bits and zeros before it': rsa(2048, 'AQAB', {
    n: Buffer.concat([Buffer.alloc(128), Buffer.alloc(128, 0xff)]).toString('base64url'),
  }),
  'an even exponent': rsa(2048, 'AQAA'),
  'the exponent 1': rsa(2048, 'AQ'),
  'no exponent': rsa(2048, ''),
  'an exponent as long as the modulus': rsa(2048, Buffer.alloc(256, 0xff).toString('base64url')),
};

const registration = (client_id: string, keys: object) => ({
  client_id,
  token_endpoint_auth_method: 'private_key_jwt',
  redirect_uris: [],
  grant_types: ['client_credentials'],
  response_types: [],
  ...keys,
});

describe('threat 30: keys that cost more than they should', () => {
  let keyServer: Server;
  let served: JWK;
  let holdfast: Holdfast;
  let device: Device;
  const signer = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const large = generateKeyPairSync('rsa', { modulusLength: 5120 });
  let clients: ReturnType<typeof registration>[];

  before(async () => {
    keyServer = createServer((_, response) => {
      response.setHeader('content-type', 'application/jwk-set+json');
      response.end(JSON.stringify({ keys: [served] }));
    });
    await new Promise<void>((resolve) => keyServer.listen(0, '127.0.0.1', resolve));
    const { port } = keyServer.address() as AddressInfo;
    // A client of its own for each key: what failed is left alone for a while.
    clients = [0, 1].map((index) =>
      registration(`remote-${index}`, { jwks_uri: `http://127.0.0.1:${port}/${index}` }),
    );
    holdfast = await startHoldfast({
      clients: [...testClients, ...clients],
      dangerously_allow_private_network_fetch: true,
    });
    device = await Device.create();
    // For the nonce, since an assertion works once.
    await device.get(`${holdfast.issuer}/userinfo`, 'x');
  });
  after(async () => {
    await holdfast.close();
    keyServer.closeAllConnections();
    await new Promise((resolve) => keyServer.close(resolve));
  });

  const problems = (jwk: JWK) => {
    const file = { clients: [registration('x', { jwks: { keys: [jwk] } })] };
    const loaded = loadConfig({ env: { HOLDFAST_CONFIG: 'x.yaml' }, readFile: () => JSON.stringify(file) });
    return loaded.ok ? '' : loaded.problems.map(({ setting, message }) => `${setting} ${message}`).join('\n');
  };

  async function authenticate(clientId: string, key = signer.privateKey): Promise<Answer> {
    const now = Math.floor(Date.now() / 1000);
    const claims = {
      iss: clientId,
      sub: clientId,
      aud: holdfast.issuer,
      jti: `${Math.random()}`,
      exp: now + 60,
    };
    const client_assertion = await new SignJWT(claims)
      .setProtectedHeader({ alg: 'RS256', kid: 'its-key' })
      .sign(key);
    const client_assertion_type = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
    const form = { ...machineGrant, client_id: clientId, client_assertion, client_assertion_type };
    return device.post({ url: `${holdfast.issuer}/token`, form });
  }

  it('are told from keys of usual size, which are taken', async () => {
    assert.equal(problems(rsa(2048)), '');
    assert.equal(problems(rsa(4096, 'Aw')), '');
    served = { ...((await exportJWK(signer.publicKey)) as JWK), kid: 'its-key', use: 'sig' };
    const sound = clients.at(-1)?.client_id ?? '';
    const { status, body } = await authenticate(sound);
    assert.equal(status, 200, JSON.stringify(body));
  });

  for (const [what, jwk] of Object.entries(costly)) {
    it(`are refused in the config file: ${what}`, () => {
      assert.match(problems(jwk), /^clients\.0\.jwks (RSA keys have|the exponent of an RSA key)/);
    });
  }

  it('are refused when fetched though the signature holds', async () => {
    served = { ...((await exportJWK(large.publicKey)) as JWK), kid: 'its-key', use: 'sig' };
    const { status, body } = await authenticate(clients.at(-2)?.client_id ?? '', large.privateKey);
    assert.deepEqual([status, body['error']], [401, 'invalid_client']);
  });

  it('are refused in a DPoP proof, which may carry none of RSA', async () => {
    const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true });
    const key = { algorithm: 'RS256', privateKey, publicKey: await exportJWK(publicKey) } as never;
    const url = `${holdfast.issuer}/token`;
    const proof = await craftProof(key, { htm: 'POST', htu: url, nonce: device.nonce });
    const headers = basic('service', secretOf('service'));
    const { status, body } = await postForm({ url, form: machineGrant, headers }, proof);
    assert.equal(status, 400);
    assert.equal(body['error'], 'invalid_dpop_proof');
  });
});

describe('threat 30: what makes us derive or inflate', () => {
  let holdfast: Holdfast;
  let client: AssertionClient;
  before(async () => {
    client = await assertionClient('bomber');
    holdfast = await startHoldfast({ clients: [...testClients, client.metadata] });
  });
  after(() => holdfast.close());

  const claims = () => ({
    iss: 'bomber',
    sub: 'bomber',
    aud: holdfast.issuer,
    jti: `${Math.random()}`,
    exp: Math.floor(Date.now() / 1000) + 60,
  });
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  /** Ten million rounds of PBKDF2 would take seconds. */
  const derivation = { alg: 'PBES2-HS256+A128KW', enc: 'A128CBC-HS256', p2s: part('salt'), p2c: 10_000_000 };
  const jwe = async (): Promise<string> => {
    const bomb = new TextEncoder().encode(JSON.stringify({ ...claims(), pad: 'a'.repeat(100) }));
    return new CompactEncrypt(bomb)
      .setProtectedHeader({ alg: 'dir', enc: 'A128GCM' })
      .encrypt(new Uint8Array(16));
  };
  const bombs: Record<string, () => Promise<string>> = {
    'a JWE under a password': async () => [part(derivation), 'AA', 'AA', 'AA', 'AA'].join('.'),
    'a JWE that inflates': async () =>
      [part({ alg: 'dir', enc: 'A128GCM', zip: 'DEF' }), '', 'AA', 'AA', 'AA'].join('.'),
    'a JWE': jwe,
    'a JWS whose algorithm is one of a JWE': async () => `${part(derivation)}.${part(claims())}.AAAA`,
  };
  const doors: Record<string, (jwt: string) => Promise<Answer>> = {
    'a client assertion': (jwt) =>
      postForm({ url: `${holdfast.issuer}/token`, form: { ...machineGrant, ...client.form(jwt) } }),
    'a token to introspect': (jwt) => introspect(holdfast.issuer, jwt),
    'a proof': (jwt) =>
      postForm({ url: `${holdfast.issuer}/token`, form: { ...machineGrant, client_id: 'cli' } }, jwt),
    'an id_token_hint': async (jwt) => {
      const answer = await fetch(`${holdfast.issuer}/logout?id_token_hint=${jwt}`, { redirect: 'manual' });
      return { status: answer.status, headers: answer.headers, body: {} };
    },
  };
  for (const [door, send] of Object.entries(doors)) {
    for (const [what, bomb] of Object.entries(bombs)) {
      it(`is refused at once as ${door}: ${what}`, async () => {
        const jwt = await bomb();
        const before = process.cpuUsage();
        const { status, body } = await send(jwt);
        // Processor time, of this process, in which the server is: what else the machine does must not count.
        const { user, system } = process.cpuUsage(before);
        assert.ok(user + system < 1_000_000, 'it was worked on');
        if (door === 'a token to introspect') assert.deepEqual(body, { active: false });
        else assert.ok(status === 400 || status === 401, `${status}`);
      });
    }
  }
});

describe('threat 30: more than one address may ask for', () => {
  let holdfast: Holdfast;
  let client: AssertionClient;
  let stranger = 0;
  before(async () => {
    client = await assertionClient('busy');
    holdfast = await startHoldfast({
      clients: [...testClients, client.metadata],
      limits: {
        requests_per_minute_per_address: 5,
        interactions_per_minute_per_address: 3,
        introspections_per_minute_per_client: 5,
      },
      trusted_proxies: ['127.0.0.1'],
    });
  });
  after(() => holdfast.close());

  const from = () => ({ 'x-forwarded-for': `198.51.100.${(stranger += 1)}` });
  function demandWait(status: number, headers: Headers): void {
    assert.equal(status, 429);
    const wait = Number(headers.get('retry-after'));
    assert.ok(wait >= 1 && wait <= 60, `Retry-After: ${headers.get('retry-after')}`);
  }

  it('is answered 429 with Retry-After, before any signature is looked at', async () => {
    const { issuer } = holdfast;
    const headers = from();
    const device = await Device.create();
    const url = `${issuer}/token`;
    for (let round = 0; round < 5; round += 1) await fetch(`${issuer}/jwks`, { headers });
    const assertion = await client.assertion(issuer);
    const form = { ...machineGrant, ...client.form(assertion) };
    const answer = await postForm({ url, form, headers }, await device.proof('POST', url));
    demandWait(answer.status, answer.headers);
    // Nothing of it was looked at: the same assertion is still unused when it comes from an address with a budget.
    const other = from();
    const first = await postForm({ url, form, headers: other }, await device.proof('POST', url));
    assert.equal(first.body['error'], 'use_dpop_nonce');
    assert.equal(answer.headers.get('dpop-nonce'), null);
  });

  it('does not keep another address from being served', async () => {
    const headers = from();
    for (let round = 0; round < 5; round += 1) await fetch(`${holdfast.issuer}/jwks`, { headers });
    const spent = await fetch(`${holdfast.issuer}/jwks`, { headers });
    demandWait(spent.status, spent.headers);
    assert.equal((await fetch(`${holdfast.issuer}/jwks`, { headers: from() })).status, 200);
  });

  it('counts a whole /64 as one address', async () => {
    const { issuer } = holdfast;
    const statuses: number[] = [];
    for (let host = 1; host <= 6; host += 1) {
      const headers = { 'x-forwarded-for': `2001:db8:1:2::${host}` };
      statuses.push((await fetch(`${issuer}/jwks`, { headers })).status);
    }
    assert.deepEqual(statuses, [200, 200, 200, 200, 200, 429]);
  });

  it('begins no more sign-ins, and the database keeps none of those refused', async () => {
    const headers = from();
    const begin = () =>
      fetch(
        authorizeUrl(
          { issuer: holdfast.issuer, redirectUri: callback, resource: gatewayA },
          pkce().challenge,
        ),
        {
          headers,
          redirect: 'manual',
        },
      );
    for (let round = 0; round < 3; round += 1) assert.equal((await begin()).status, 303);
    const refused = await begin();
    demandWait(refused.status, refused.headers);
    assert.deepEqual(refused.headers.getSetCookie(), []);
    assert.equal(refused.headers.get('location'), null);
  });

  it('introspects no more, with a budget of its own', async () => {
    const headers = from();
    const answers: Answer[] = [];
    for (let round = 0; round < 6; round += 1)
      answers.push(await introspect(holdfast.issuer, 'x', 'rs-a', headers));
    assert.deepEqual(
      answers.map(({ status }) => status),
      [200, 200, 200, 200, 200, 429],
    );
    assert.equal((await fetch(`${holdfast.issuer}/jwks`, { headers })).status, 200);
  });
});

describe('threat 30: what has to be remembered', () => {
  let holdfast: Holdfast;
  let client: AssertionClient;
  let device: Device;
  before(async () => {
    client = await assertionClient('hoarder');
    holdfast = await startHoldfast({ clients: [...testClients, client.metadata] });
    device = await Device.create();
    await device.get(`${holdfast.issuer}/userinfo`, 'x');
  });
  after(() => holdfast.close());

  async function ask(claims: JWTPayload, jti?: string): Promise<Answer> {
    const url = `${holdfast.issuer}/token`;
    const form = { ...machineGrant, ...client.form(await client.assertion(holdfast.issuer, claims)) };
    const proof = await craftProof(device.key, {
      htu: url,
      nonce: device.nonce,
      ...(jti === undefined ? {} : { jti }),
    });
    return postForm({ url, form }, proof);
  }

  it('ends: an assertion is remembered for an hour at the most', async () => {
    const now = Math.floor(Date.now() / 1000);
    assert.equal((await ask({ exp: now + 3500 })).status, 200);
    assert.equal((await ask({ exp: now + 86_400 })).status, 401);
  });

  it('is short: the jti of a proof has 128 characters at the most, that of an assertion is kept by its digest', async () => {
    assert.equal((await ask({}, 'j'.repeat(128))).status, 200);
    const { status, body } = await ask({}, 'j'.repeat(129));
    assert.deepEqual([status, body['error']], [400, 'invalid_dpop_proof']);
    assert.equal((await ask({ jti: 'j'.repeat(20_000) })).status, 200);
    assert.equal((await ask({ jti: 'j'.repeat(20_000) })).status, 401);
  });
});
