import assert from 'node:assert/strict';
import { decodeJwt, decodeProtectedHeader, importJWK, type CryptoKey } from 'jose';
import { createKeystore } from '../../src/provider/keystore.js';
import { jwtGateway } from '../support/clients.js';
import { Device } from '../support/device.js';
import { startHoldfast, type Holdfast } from '../support/harness.js';
import { clientCredentials, introspect, signIn } from '../support/login.js';

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
type Members = Record<string, unknown>;

/** Under our own keys: what somebody could only have us sign, and must not be able to use as something else. */
describe('threat 27: a JWT that we signed', () => {
  let holdfast: Holdfast;
  let accessToken: string;
  let idToken: string;

  before(async () => {
    holdfast = await startHoldfast();
    const { issuer } = holdfast;
    const wish = { resource: jwtGateway, scope: 'jwt:call' };
    const answer = await clientCredentials(issuer, await Device.create(), wish);
    accessToken = String(answer.body['access_token']);
    ({ idToken } = await signIn({ issuer }));
  });
  after(() => holdfast.close());

  async function signed(jwt: string, header: Members, claims: Members = {}): Promise<string> {
    const protectedHeader = { ...decodeProtectedHeader(jwt), ...header };
    const signer = await ourKey(String(protectedHeader.kid));
    const input = `${part(protectedHeader)}.${part({ ...decodeJwt(jwt), ...claims })}`;
    const algorithm =
      protectedHeader.alg === 'RS256' ? 'RSASSA-PKCS1-v1_5' : { name: 'ECDSA', hash: 'SHA-256' };
    const signature = await crypto.subtle.sign(algorithm, signer, Buffer.from(input));
    return `${input}.${Buffer.from(signature).toString('base64url')}`;
  }
  async function ourKey(kid: string): Promise<CryptoKey> {
    const { storage, masterKey, clock, config } = holdfast;
    const keystore = createKeystore({
      store: storage.signingKeys,
      masterKey,
      clock,
      settings: () => config.key_rotation,
    });
    const record = (await storage.signingKeys.list()).find((each) => each.kid === kid);
    assert.ok(record);
    return (await importJWK(await keystore.open(record), record.algorithm)) as CryptoKey;
  }

  const isActive = async (token: string) =>
    (await introspect(holdfast.issuer, token, 'rs-jwt')).body['active'];
  const asHint = async (hint: string) =>
    (await fetch(`${holdfast.issuer}/logout?id_token_hint=${hint}`, { redirect: 'manual' })).status;

  it('is taken when its header is right, so that the rest means something', async () => {
    assert.equal(await isActive(await signed(accessToken, {})), true);
    assert.equal(await asHint(await signed(idToken, {})), 200);
  });

  const headers: Record<string, Members> = {
    'an unknown critical member': { crit: ['urn:example:must'], 'urn:example:must': true },
    'an empty list of critical members': { crit: [] },
    'an unencoded payload': { crit: ['b64'], b64: false },
    'an unencoded payload that is not critical': { b64: false },
    'the type of an access token': { typ: 'at+jwt' },
    'the type of a proof': { typ: 'dpop+jwt' },
    'the type of a logout token': { typ: 'logout+jwt' },
    'the type of a security event': { typ: 'secevent+jwt' },
    'the type of a device-bound session': { typ: 'dbsc+jwt' },
    'the type of an introspection answer': { typ: 'token-introspection+jwt' },
    'no type that there is': { typ: 'x' },
    'a type that is no text': { typ: 1 },
  };
  for (const [what, header] of Object.entries(headers)) {
    it(`is neither access token nor id_token_hint with ${what}`, async () => {
      if (header['typ'] !== 'at+jwt') assert.equal(await isActive(await signed(accessToken, header)), false);
      assert.equal(await asHint(await signed(idToken, header)), 400);
    });
  }

  it('is no access token without a type, as an ID token is', async () => {
    assert.equal(await isActive(await signed(accessToken, { typ: undefined })), false);
  });

  it('is no id_token_hint without an end, as an answer of userinfo is', async () => {
    assert.equal(await asHint(await signed(idToken, {}, { exp: undefined })), 400);
  });

  it('is neither for another issuer', async () => {
    const iss = 'https://other.test';
    assert.equal(await isActive(await signed(accessToken, {}, { iss })), false);
    assert.equal(await asHint(await signed(idToken, {}, { iss })), 400);
  });
});
