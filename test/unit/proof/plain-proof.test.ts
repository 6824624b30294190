import assert from 'node:assert/strict';
import { generateKeyPairSync, sign, verify } from 'node:crypto';
import { systemClock } from '../../../src/lib/clock.js';
import { systemRandom } from '../../../src/lib/random.js';
import { createProof, generateProofKey, type ProofKey } from '../../../src/proof/create-proof.js';
import { derOfSignature } from '../../../src/proof/ecdsa-signature.js';
import { createPlainProofs } from '../../../src/proof/plain-proof.js';
import { defaultProofPolicy, proofAlgorithms } from '../../../src/proof/proof.js';
import { craftProof } from '../../support/hand-made-proof.js';

const url = 'https://id.test/token';
const proofs = createPlainProofs(defaultProofPolicy);

describe('plain proofs', () => {
  for (const algorithm of proofAlgorithms) {
    it(`hold when their key made them, again and again (${algorithm})`, async () => {
      const key = await generateProofKey(algorithm);
      for (const nonce of ['one', 'two']) {
        const parts = { method: 'POST', url, nonce };
        const proof = proofs.read(
          await createProof(key, parts, { clock: systemClock, random: systemRandom }),
        );
        assert.equal(proof?.jkt, key.jkt);
        assert.deepEqual([proof.htm, proof.htu, proof.nonce], ['POST', url, nonce]);
        assert.equal(proof.holds(), true);
      }
    });

    it(`do not hold with what another key or another text signed (${algorithm})`, async () => {
      const [key, other] = [await generateProofKey(algorithm), await generateProofKey(algorithm)];
      const [one, two, foreign] = [
        await proofOf(key, 'one'),
        await proofOf(key, 'two'),
        await proofOf(other, 'one'),
      ];
      assert.equal(proofs.read(one.join('.'))?.holds(), true);
      assert.equal(proofs.read([one[0], two[1], one[2]].join('.'))?.holds(), false);
      assert.equal(proofs.read([one[0], one[1], foreign[2]].join('.'))?.holds(), false);
      assert.equal(proofs.read([one[0], one[1], 'AAAA'].join('.'))?.holds(), false);
    });
  }

  it('are none with members that would have to be obeyed or that nobody expects', async () => {
    const key = await generateProofKey();
    const claims = { htu: url };
    const odd = [
      await craftProof(key, { ...claims, exp: 1 }),
      await craftProof(key, { ...claims, nbf: 1 }),
      await craftProof(key, { ...claims, jti: '' }),
      await craftProof(key, { ...claims, jti: 'x'.repeat(129) }),
      await craftProof(key, { ...claims, iat: '1' }),
      await craftProof(key, { ...claims, iat: 1.5 }),
      await craftProof(key, claims, { kid: 'a' }),
      await craftProof(key, claims, { typ: 'JWT' }),
      await craftProof(key, claims, { jwk: { ...key.publicKey, alg: 'ES256' } }),
      await craftProof(key, claims, { jwk: { ...key.publicKey, x: 'A'.repeat(43) } }),
      `${await craftProof(key, claims)}.more`,
      'a.b.c',
      '',
    ];
    for (const [index, jwt] of odd.entries()) assert.equal(proofs.read(jwt), undefined, `${index}`);
  });

  it('of more keys than are remembered hold all the same', async () => {
    const few = createPlainProofs(defaultProofPolicy, 2);
    const keys = await Promise.all(Array.from({ length: 5 }, () => generateProofKey()));
    for (const key of [...keys, ...keys]) {
      assert.equal(few.read((await proofOf(key, 'one')).join('.'))?.holds(), true);
    }
  });
});

describe('an ECDSA signature in DER', () => {
  it('is the one that OpenSSL verifies, whatever the first bytes are', () => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    // One in 128 has a zero in front.
    for (let index = 0; index < 600; index += 1) {
      const text = Buffer.from(String(index));
      const signature = sign('sha256', text, { key: privateKey, dsaEncoding: 'ieee-p1363' });
      assert.equal(verify('sha256', text, publicKey, derOfSignature(signature)), true);
    }
  });
});

async function proofOf(key: ProofKey, nonce: string): Promise<string[]> {
  return (await craftProof(key, { htu: url, nonce })).split('.');
}
