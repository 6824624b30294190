import assert from 'node:assert/strict';
import { exportJWK, generateKeyPair, SignJWT, jwtVerify, type JWK } from 'jose';
import { IssuerKeys, IssuerUnavailable } from '../../../src/accounts/issuer-keys.js';
import type { TrustedIssuerConfig } from '../../../src/config/trusted-issuers.js';
import { createOutboundFetch } from '../../../src/http/outbound-fetch.js';
import { manualClock } from '../../support/manual-clock.js';

const issuer = 'https://login.example';
const trusted = { issuer } as TrustedIssuerConfig;

/* Threats 28 to 30: whose keys are believed, where they come from, for how long, and what they may cost. */
describe('the keys of a trusted issuer', () => {
  const clock = manualClock();
  let answers: Record<string, unknown>;
  let asked: string[];
  const fetch = ((address: string) => {
    asked.push(address);
    const answer = answers[address];
    return Promise.resolve(new Response(JSON.stringify(answer ?? null), { status: answer ? 200 : 500 }));
  }) as unknown as typeof globalThis.fetch;
  let pair: { readonly privateKey: CryptoKey; readonly jwk: JWK };
  before(async () => {
    const { privateKey, publicKey } = await generateKeyPair('ES256');
    pair = { privateKey, jwk: { ...(await exportJWK(publicKey)), kid: 'one' } };
  });
  beforeEach(() => {
    asked = [];
    answers = {
      [`${issuer}/.well-known/openid-configuration`]: { issuer, jwks_uri: `${issuer}/keys` },
      [`${issuer}/keys`]: { keys: [pair.jwk] },
    };
  });

  const verify = async (keys: IssuerKeys, kid = 'one') =>
    jwtVerify(
      await new SignJWT({}).setProtectedHeader({ alg: 'ES256', kid }).sign(pair.privateKey),
      keys.of(trusted),
    );
  const refused = (more: Record<string, unknown>) => {
    Object.assign(answers, more);
    return assert.rejects(new IssuerKeys({ fetch, clock }).read(trusted), IssuerUnavailable);
  };

  it('are found by its own discovery document, with https, at a bearable cost', async () => {
    await verify(new IssuerKeys({ fetch, clock }));
    const at = `${issuer}/.well-known/openid-configuration`;
    await refused({ [at]: { issuer: 'https://evil.example', jwks_uri: `${issuer}/keys` } });
    await refused({ [at]: { issuer, jwks_uri: 'http://login.example/keys' } });
    await refused({ [at]: { issuer } });
    await refused({ [at]: { issuer, jwks_uri: `${issuer}/keys` }, [`${issuer}/keys`]: {} });
    const costly = { kty: 'RSA', n: Buffer.alloc(1024, 255).toString('base64url'), e: 'AQAB' };
    await refused({ [`${issuer}/keys`]: { keys: [costly] } });
    await refused({ [`${issuer}/keys`]: undefined });
  });

  it('are never fetched from a private address', async () => {
    const outbound = createOutboundFetch(false);
    const keys = new IssuerKeys({ fetch: outbound.fetch, clock });
    const inside = { issuer: 'https://127.0.0.1' } as TrustedIssuerConfig;
    await assert.rejects(keys.read(inside), (error: unknown) => {
      return error instanceof IssuerUnavailable && /SpecialUseAddress/.test(error.message);
    });
    await outbound.close();
  });

  it('never hold a shared secret', async () => {
    const secret = Buffer.alloc(32, 7);
    answers[`${issuer}/keys`] = { keys: [{ kty: 'oct', kid: 'one', k: secret.toString('base64url') }] };
    const token = await new SignJWT({}).setProtectedHeader({ alg: 'HS256', kid: 'one' }).sign(secret);
    await assert.rejects(jwtVerify(token, new IssuerKeys({ fetch, clock }).of(trusted)));
  });

  it('are asked for again after ten minutes, for a new kid, and after a failure, each in its time', async () => {
    const keys = new IssuerKeys({ fetch, clock });
    await verify(keys);
    await verify(keys);
    assert.equal(asked.length, 2);
    await assert.rejects(verify(keys, 'two'));
    assert.equal(asked.length, 2, 'too soon');
    clock.advance(30);
    await assert.rejects(verify(keys, 'two'));
    assert.equal(asked.length, 4);
    clock.advance(600);
    answers = {};
    await assert.rejects(verify(keys), IssuerUnavailable);
    await assert.rejects(verify(keys), IssuerUnavailable);
    assert.equal(asked.length, 5, 'a failure is left alone for a while');
    clock.advance(30);
    await assert.rejects(verify(keys), IssuerUnavailable);
    assert.equal(asked.length, 6);
  });
});
