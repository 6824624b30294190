import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { CompactSign, exportJWK, generateKeyPair, type CryptoKey, type JWK } from 'jose';
import type { DeviceKey } from '../../../src/dbsc/device-key.js';
import { verifyRefresh, verifyRegistration } from '../../../src/dbsc/response.js';
import type { Result } from '../../../src/lib/result.js';

const here = { audience: 'https://login.example/dbsc/register' };
type Pair = { readonly publicKey: CryptoKey; readonly privateKey: CryptoKey };

function sign(key: CryptoKey, header: Record<string, unknown>, claims: unknown): Promise<string> {
  return new CompactSign(new TextEncoder().encode(JSON.stringify(claims)))
    .setProtectedHeader({ alg: 'ES256', typ: 'dbsc+jwt', ...header })
    .sign(key, { crit: { exp: true, b64: true } });
}

function why(result: Result<unknown>): string {
  return result.ok ? 'accepted' : `${result.refusal.code}: ${result.refusal.detail ?? ''}`;
}

describe('Secure-Session-Response', () => {
  let pair: Pair;
  let jwk: JWK;
  let deviceKey: DeviceKey;
  before(async () => {
    pair = await generateKeyPair('ES256');
    jwk = await exportJWK(pair.publicKey);
    const registered = await verifyRegistration(await sign(pair.privateKey, { jwk }, { jti: 'c' }), here);
    assert.ok(registered.ok);
    deviceKey = registered.value.key;
  });

  for (const algorithm of ['ES256', 'RS256']) {
    it(`registers the public half of an ${algorithm} key, and knows its signatures again`, async () => {
      const made = await generateKeyPair(algorithm);
      const { d: _, ...whole } = await exportJWK(made.publicKey);
      const header = { alg: algorithm, jwk: { ...whole, kid: 'x', use: 'sig' } };
      const proof = await sign(made.privateKey, header, { jti: 'challenge', authorization: 'offer' });
      const registered = await verifyRegistration(proof, here);
      assert.ok(registered.ok, why(registered));
      const { key, ...rest } = registered.value;
      assert.deepEqual(rest, { challenge: 'challenge', authorization: 'offer' });
      assert.deepEqual(key.publicKey, whole);
      const refresh = await sign(made.privateKey, { alg: algorithm }, { jti: 'next' });
      assert.deepEqual(await verifyRefresh(refresh, key, here), { ok: true, value: { challenge: 'next' } });
    });
  }

  it('is taken bare, as Chromium sends it, and in quotes, as the draft says', async () => {
    const proof = await sign(pair.privateKey, {}, { jti: 'c' });
    for (const header of [proof, `"${proof}"`, `"${proof}";x=1`]) {
      assert.equal(why(await verifyRefresh(header, deviceKey, here)), 'accepted');
    }
    for (const header of [`${proof}, ${proof}`, `"${proof}", "${proof}"`, `"${proof}`, ` ${proof}`]) {
      assert.equal(
        why(await verifyRefresh(header, deviceKey, here)),
        'device_proof_malformed: it is not one JWT',
      );
    }
  });

  it('may name its endpoint, and then it is this one', async () => {
    for (const [aud, outcome] of [
      [here.audience, 'accepted'],
      ['https://login.example/dbsc/refresh', `device_proof_invalid: aud is not ${here.audience}`],
      [[here.audience], `device_proof_invalid: aud is not ${here.audience}`],
    ] as const) {
      const proof = await sign(pair.privateKey, {}, { jti: 'c', aud });
      assert.equal(why(await verifyRefresh(proof, deviceKey, here)), outcome);
    }
  });

  it('is refused at a refresh for whatever is not the key of the session', async () => {
    const thief = await generateKeyPair('ES256');
    const rsa = await generateKeyPair('RS256');
    const unsigned = ['{"alg":"none","typ":"dbsc+jwt"}', '{"jti":"c"}'].map((part) =>
      Buffer.from(part).toString('base64url'),
    );
    const genuine = await sign(pair.privateKey, {}, { jti: 'c' });
    const [head, , signature] = genuine.split('.');
    const tries = {
      nothing: undefined,
      'another key': await sign(thief.privateKey, {}, { jti: 'c' }),
      'a key of its own in the header': await sign(
        thief.privateKey,
        { jwk: await exportJWK(thief.publicKey) },
        { jti: 'c' },
      ),
      'even its own key in the header': await sign(pair.privateKey, { jwk }, { jti: 'c' }),
      'another algorithm': await sign(rsa.privateKey, { alg: 'RS256' }, { jti: 'c' }),
      'no signature': `${unsigned.join('.')}.`,
      'none, with something for a signature': `${unsigned.join('.')}.AAAA`,
      'other claims': [head, Buffer.from('{"jti":"d"}').toString('base64url'), signature].join('.'),
      'another type': await sign(pair.privateKey, { typ: 'dpop+jwt' }, { jti: 'c' }),
      'an extension': await sign(pair.privateKey, { crit: ['exp'], exp: 1 }, { jti: 'c' }),
      'no challenge': await sign(pair.privateKey, {}, {}),
      'a challenge without end': await sign(pair.privateKey, {}, { jti: 'c'.repeat(1025) }),
      'a list': await sign(pair.privateKey, {}, ['c']),
      'a proof without end': `${genuine}${'A'.repeat(8192)}`,
    };
    const outcomes: Record<string, string> = {};
    for (const [name, header] of Object.entries(tries)) {
      outcomes[name] = why(await verifyRefresh(header, deviceKey, here));
    }
    const malformed = 'device_proof_malformed';
    assert.deepEqual(outcomes, {
      nothing: 'device_proof_missing: ',
      'another key': 'device_proof_invalid: the signature does not hold',
      'a key of its own in the header': `${malformed}: a refresh brings a jwk of its own`,
      'even its own key in the header': `${malformed}: a refresh brings a jwk of its own`,
      'another algorithm': 'device_proof_invalid: alg is not the one of the session',
      'no signature': `${malformed}: it is not one JWT`,
      'none, with something for a signature': `${malformed}: alg is none of ES256, RS256`,
      'other claims': 'device_proof_invalid: the signature does not hold',
      'another type': `${malformed}: typ is not dbsc+jwt`,
      'an extension': `${malformed}: the header names extensions`,
      'no challenge': `${malformed}: jti is no short string`,
      'a challenge without end': `${malformed}: jti is no short string`,
      'a list': `${malformed}: it is not one JWT`,
      'a proof without end': `${malformed}: the proof is too long`,
    });
  });

  it('is refused at a registration for a key that is none, is weak, secret, or written another way', async () => {
    const small = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({ format: 'jwk' });
    const odd = generateKeyPairSync('rsa', { modulusLength: 2048, publicExponent: 3 }).publicKey;
    const last = (jwk.y ?? '').at(-1) ?? '';
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const sameBits = `${(jwk.y ?? '').slice(0, -1)}${alphabet[alphabet.indexOf(last) + 1] ?? ''}`;
    const keys: readonly (readonly [string, unknown, string])[] = [
      ['ES256', undefined, 'jwk is not an object'],
      ['ES256', { ...jwk, d: jwk.x }, 'jwk carries the private member d'],
      ['ES256', { ...jwk, y: sameBits }, 'jwk is not written as RFC 7515 §2 writes octets'],
      ['ES256', small, 'jwk is not an EC P-256 key, which ES256 asks for'],
      ['RS256', jwk, 'jwk is not an RSA key, which RS256 asks for'],
      ['RS256', small, 'jwk is not an RSA key of 2048 to 4096 bits'],
      ['RS256', { ...small, n: 'u'.repeat(700) }, 'jwk is not an RSA key of 2048 to 4096 bits'],
      ['RS256', odd.export({ format: 'jwk' }), 'jwk has another exponent than 65537'],
    ];
    const rsa = await generateKeyPair('RS256');
    for (const [alg, candidate, expected] of keys) {
      const signer = alg === 'ES256' ? pair.privateKey : rsa.privateKey;
      const header = { alg, ...(candidate !== undefined && { jwk: candidate }) };
      const proof = await sign(signer, header, { jti: 'c' });
      assert.equal(why(await verifyRegistration(proof, here)), `device_proof_malformed: ${expected}`);
    }
  });

  it('is refused at a registration that another key signs', async () => {
    const other = await generateKeyPair('ES256');
    const proof = await sign(other.privateKey, { jwk }, { jti: 'c' });
    assert.equal(
      why(await verifyRegistration(proof, here)),
      'device_proof_invalid: the signature does not hold',
    );
    // A point that is none of the curve.
    const off = await sign(pair.privateKey, { jwk: { ...jwk, y: jwk.x } }, { jti: 'c' });
    assert.match(why(await verifyRegistration(off, here)), /^device_proof_invalid/);
  });
});
