import assert from 'node:assert/strict';
import { calculateJwkThumbprint } from 'jose';
import { systemRandom } from '../../../src/lib/random.js';
import { createProof, generateProofKey, toProofKey } from '../../../src/proof/create-proof.js';
import { createKeyCache } from '../../../src/proof/key-cache.js';
import { proofAlgorithms } from '../../../src/proof/proof.js';
import { createProofVerifier } from '../../../src/proof/verify-proof.js';
import { manualClock } from '../../support/manual-clock.js';

describe('making a proof', () => {
  const clock = manualClock();
  const verifier = createProofVerifier({ clock });
  const request = { method: 'POST', url: 'https://api.example/v1?stream=1#x', accessToken: 'token' };

  for (const algorithm of proofAlgorithms) {
    it(`makes one that verifies, with ${algorithm}`, async () => {
      const key = await generateProofKey(algorithm);
      const proof = await createProof(key, request, { clock, random: systemRandom });
      const outcome = await verifier.verify(proof, request);
      assert.ok(outcome.ok);
      assert.equal(outcome.value.htu, 'https://api.example/v1');
      assert.equal(outcome.value.jkt, key.jkt);
      assert.equal(key.jkt, await calculateJwkThumbprint({ ...key.publicKey }));
    });
  }

  it('gives every proof another jti', async () => {
    const key = await generateProofKey();
    const [a, b] = await Promise.all(
      [1, 2].map(() => createProof(key, request, { clock, random: systemRandom })),
    );
    assert.notEqual(a, b);
  });

  it('takes a key made elsewhere only with the right algorithm', async () => {
    const key = await generateProofKey('ES256');
    assert.equal((await toProofKey('ES256', key.privateKey, key.publicKey)).jkt, key.jkt);
    await assert.rejects(toProofKey('EdDSA', key.privateKey, key.publicKey), TypeError);
  });
});

describe('the cache of imported keys', () => {
  it('gives the same key again and forgets the one used longest ago', async () => {
    const cache = createKeyCache(2);
    const [a, b, c] = await Promise.all([1, 2, 3].map(() => generateProofKey()));
    assert.ok(a && b && c);
    const read = (key: typeof a) => cache.import(key.jkt, key.publicKey);
    const first = read(a);
    read(b);
    assert.equal(read(a), first);
    const second = read(b);
    read(c);
    assert.notEqual(read(a), first);
    assert.notEqual(read(b), second);
  });
});
