import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { exportJWK } from 'jose';
import type { RefusalCode } from '../../../src/lib/refusal.js';
import type { Result } from '../../../src/lib/result.js';
import { createNonces } from '../../../src/proof/nonces.js';
import type { Proof } from '../../../src/proof/proof.js';
import { accessTokenHash } from '../../../src/proof/thumbprint.js';
import { createProofVerifier } from '../../../src/proof/verify-proof.js';
import { handMadeJwt, proofForge, type ProofForge } from '../../support/hand-made-proof.js';
import { manualClock } from '../../support/manual-clock.js';

const url = 'https://api.example/v1/models';
const expected = { method: 'POST', url };

describe('verifying a DPoP proof (RFC 9449 §4.3)', () => {
  const clock = manualClock();
  const now = Math.floor(clock.now() / 1000);
  const defaults = { jti: 'first', htm: 'POST', htu: url, iat: now };
  const verifier = createProofVerifier({ clock });
  let forge: ProofForge;

  before(async () => {
    forge = await proofForge('ES256', defaults);
  });

  const refusedWith = (outcome: Result<Proof>, code: RefusalCode): void => {
    assert.equal(outcome.ok ? 'accepted' : outcome.refusal.code, code);
  };
  const accepts = (outcome: Result<Proof>): Proof => {
    assert.ok(outcome.ok, outcome.ok ? '' : `${outcome.refusal.code}: ${outcome.refusal.detail}`);
    return outcome.value;
  };

  it('accepts a proof that is right in every part and names its key', async () => {
    const proof = accepts(await verifier.verify(await forge.sign(), expected));
    assert.equal(proof.jti, 'first');
    assert.match(proof.jkt, /^[A-Za-z0-9_-]{43}$/);
  });

  for (const algorithm of ['EdDSA', 'Ed25519']) {
    it(`accepts ${algorithm}`, async () => {
      const edwards = await proofForge(algorithm, defaults);
      accepts(await verifier.verify(await edwards.sign(), expected));
    });
  }

  it('check 1: refuses two header fields, as a list and joined by a comma', async () => {
    const proof = await forge.sign();
    refusedWith(await verifier.verify([proof, proof], expected), 'proof_duplicated');
    refusedWith(await verifier.verify(`${proof}, ${proof}`, expected), 'proof_duplicated');
  });

  it('check 1: asks for a proof where there is none', async () => {
    for (const header of [undefined, '', []]) {
      refusedWith(await verifier.verify(header, expected), 'proof_missing');
    }
  });

  it('check 2: refuses what is not a well-formed JWT', async () => {
    for (const header of ['x', 'a.b', 'a.b.c.d', ' a.b.c', handMadeJwt([], {}), handMadeJwt({}, null)]) {
      refusedWith(await verifier.verify(header, expected), 'proof_malformed');
    }
  });

  for (const claim of ['jti', 'htm', 'htu', 'iat']) {
    it(`check 3: refuses a proof without ${claim}`, async () => {
      refusedWith(
        await verifier.verify(await forge.sign({ [claim]: undefined }), expected),
        'proof_malformed',
      );
    });
    it(`check 3: refuses a proof whose ${claim} has another type`, async () => {
      refusedWith(await verifier.verify(await forge.sign({ [claim]: {} }), expected), 'proof_malformed');
    });
  }

  for (const typ of [undefined, 'JWT', 'at+jwt', 'DPoP+JWT', 'dbsc+jwt', 'logout+jwt', 'secevent+jwt']) {
    it(`check 4: refuses typ ${typ}`, async () => {
      refusedWith(await verifier.verify(await forge.sign({}, { typ }), expected), 'proof_malformed');
    });
  }

  it('check 5: refuses alg none', async () => {
    const header = { typ: 'dpop+jwt', alg: 'none', jwk: forge.jwk };
    refusedWith(await verifier.verify(handMadeJwt(header, defaults), expected), 'proof_invalid');
  });

  it('check 5: refuses HS256 keyed with the public key', async () => {
    const unsigned = handMadeJwt({ typ: 'dpop+jwt', alg: 'HS256', jwk: forge.jwk }, defaults, '').slice(
      0,
      -1,
    );
    const mac = createHmac('sha256', JSON.stringify(forge.jwk)).update(unsigned).digest('base64url');
    refusedWith(await verifier.verify(`${unsigned}.${mac}`, expected), 'proof_invalid');
  });

  for (const algorithm of ['RS256', 'PS256', 'ES384', 'ES512']) {
    it(`check 5: refuses ${algorithm}, which is not on the list`, async () => {
      const other = await proofForge(algorithm, defaults);
      refusedWith(await verifier.verify(await other.sign(), expected), 'proof_invalid');
    });
  }

  it('check 6: refuses a signature of another key', async () => {
    const thief = await proofForge('ES256', defaults);
    refusedWith(await verifier.verify(await thief.sign({}, { jwk: forge.jwk }), expected), 'proof_invalid');
  });

  it('check 6: refuses a payload changed after signing', async () => {
    const [header, , signature] = (await forge.sign()).split('.');
    const changed = Buffer.from(JSON.stringify({ ...defaults, jti: 'second' })).toString('base64url');
    refusedWith(await verifier.verify(`${header}.${changed}.${signature}`, expected), 'proof_invalid');
  });

  it('check 6: refuses a key that is no point of the curve', async () => {
    const jwk = { ...forge.jwk, y: forge.jwk.x };
    refusedWith(await verifier.verify(await forge.sign({}, { jwk }), expected), 'proof_invalid');
  });

  it('check 7: refuses a jwk with its private part', async () => {
    const jwk = await exportJWK(forge.privateKey);
    refusedWith(await verifier.verify(await forge.sign({}, { jwk }), expected), 'proof_malformed');
  });

  it('check 7: refuses a symmetric jwk, none at all, and one of another type', async () => {
    for (const jwk of [
      { kty: 'oct', k: 'c2VjcmV0' },
      undefined,
      null,
      'key',
      [],
      { ...forge.jwk, kty: 'OKP' },
    ]) {
      refusedWith(await verifier.verify(await forge.sign({}, { jwk }), expected), 'proof_malformed');
    }
  });

  it('check 8: compares htm with its exact case', async () => {
    for (const htm of ['GET', 'post', 'POST ']) {
      refusedWith(await verifier.verify(await forge.sign({ htm }), expected), 'proof_invalid');
    }
  });

  it('check 9: refuses another htu', async () => {
    for (const htu of [
      'https://evil.example/v1/models',
      'http://api.example/v1/models',
      'https://api.example:8443/v1/models',
      'https://api.example/v1/models/',
      'https://api.example/V1/models',
      'https://user@api.example/v1/models',
      'https:api.example/v1/models',
      'https:\\\\api.example\\v1\\models',
      ' https://api.example/v1/models',
      '/v1/models',
    ]) {
      refusedWith(await verifier.verify(await forge.sign({ htu }), expected), 'proof_invalid');
    }
  });

  it('check 9: compares htu after normalisation and without query and fragment', async () => {
    for (const htu of [
      `${url}?page=2`,
      `${url}#top`,
      'HTTPS://API.example:443/v1/models',
      'https://api.example/v1/x/../models',
      'https://api.example/v1/%6dodels',
    ]) {
      accepts(await verifier.verify(await forge.sign({ htu }), { method: 'POST', url: `${url}?page=1` }));
    }
  });

  it('check 10: demands a nonce of ours once nonces are given out', async () => {
    const nonces = createNonces({ key: Buffer.alloc(32, 1), audience: 'server', clock });
    const demanding = { ...expected, nonces };
    refusedWith(await verifier.verify(await forge.sign(), demanding), 'nonce_required');
    refusedWith(await verifier.verify(await forge.sign({ nonce: 'made-up' }), demanding), 'nonce_required');
    refusedWith(await verifier.verify(await forge.sign({ nonce: '' }), demanding), 'nonce_required');
    refusedWith(await verifier.verify(await forge.sign({ nonce: 7 }), demanding), 'proof_malformed');
    accepts(await verifier.verify(await forge.sign({ nonce: nonces.current() }), demanding));
  });

  it('check 11: takes an iat 300 s back and 10 s ahead, and none beyond', async () => {
    for (const iat of [now - 300, now, now + 10])
      accepts(await verifier.verify(await forge.sign({ iat }), expected));
    for (const iat of [now - 301, now + 11, now + 3600, -1, 1e308, 1e15]) {
      const outcome = await verifier.verify(await forge.sign({ iat }), expected);
      assert.ok(!outcome.ok, `iat ${iat} was accepted`);
    }
  });

  it('check 11: a nonce does not lift the window', async () => {
    const nonces = createNonces({ key: Buffer.alloc(32, 1), audience: 'server', clock });
    const old = await forge.sign({ iat: now - 301, nonce: nonces.current() });
    refusedWith(await verifier.verify(old, { ...expected, nonces }), 'proof_out_of_window');
  });

  it('check 12: with an access token, demands its hash', async () => {
    const withToken = { ...expected, accessToken: 'token-1' };
    refusedWith(await verifier.verify(await forge.sign(), withToken), 'proof_invalid');
    const other = await forge.sign({ ath: accessTokenHash('token-2') });
    refusedWith(await verifier.verify(other, withToken), 'proof_invalid');
    accepts(await verifier.verify(await forge.sign({ ath: accessTokenHash('token-1') }), withToken));
  });

  it('refuses a proof over 4096 bytes before it is read', async () => {
    const long = await forge.sign({ padding: 'x'.repeat(4096) });
    refusedWith(await verifier.verify(long, expected), 'proof_oversized');
    refusedWith(await verifier.verify('x'.repeat(4097), expected), 'proof_oversized');
  });

  it('refuses a jti over 128 characters before its signature is looked at', async () => {
    accepts(await verifier.verify(await forge.sign({ jti: 'j'.repeat(128) }), expected));
    const header = { typ: 'dpop+jwt', alg: 'ES256', jwk: forge.jwk };
    const long = handMadeJwt(header, { ...defaults, jti: 'j'.repeat(129) });
    refusedWith(await verifier.verify(long, expected), 'proof_oversized');
  });

  it('refuses crit and b64', async () => {
    const key = { typ: 'dpop+jwt', alg: 'ES256', jwk: forge.jwk };
    for (const extra of [{ crit: ['exp'] }, { crit: [] }, { b64: false }, { b64: false, crit: ['b64'] }]) {
      const proof = handMadeJwt({ ...key, ...extra }, defaults);
      refusedWith(await verifier.verify(proof, expected), 'proof_malformed');
    }
  });

  it('pays no heed to jku, x5u, x5c and kid', async () => {
    const tempting = {
      jku: 'https://evil.example/keys',
      x5u: 'https://evil.example/chain',
      kid: "../../etc/passwd'; DROP TABLE account; --",
    };
    const plain = accepts(await verifier.verify(await forge.sign(), expected));
    const tempted = accepts(await verifier.verify(await forge.sign({}, tempting), expected));
    assert.equal(tempted.jkt, plain.jkt);
  });
});
