import assert from 'node:assert/strict';
import { createProofVerifier } from '../../../src/proof/verify-proof.js';
import { handMadeJwt, proofForge } from '../../support/hand-made-proof.js';
import { manualClock } from '../../support/manual-clock.js';

const url = 'https://api.example/';

/** A repeatable stream of whole numbers (xorshift), so that a failure can be run again. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return Math.abs(state) % below;
  };
}

describe('malformed proofs', () => {
  const clock = manualClock();
  const claims = { jti: 'one', htm: 'GET', htu: url, iat: Math.floor(clock.now() / 1000) };
  const verifier = createProofVerifier({ clock });

  it('are refused as values, wherever a byte of a good proof is changed', async () => {
    const good = await (await proofForge('ES256', claims)).sign();
    const next = numbers(20_260_601);
    for (let round = 0; round < 1500; round++) {
      const position = next(good.length);
      const byte = String.fromCharCode(next(256));
      const changed = good.slice(0, position) + byte + good.slice(position + next(3));
      const outcome = await verifier.verify(changed, { method: 'GET', url });
      // The last character of a base64url segment has bits that mean nothing; they leave the proof as it was.
      const sameBytes = changed
        .split('.')
        .every((part, index) =>
          Buffer.from(part, 'base64url').equals(Buffer.from(good.split('.')[index] ?? '', 'base64url')),
        );
      assert.ok(
        !outcome.ok || sameBytes,
        `accepted after position ${position} became ${JSON.stringify(byte)}`,
      );
    }
  });

  it('are refused as values, whatever JSON stands in the parts', async () => {
    const jwk = { kty: 'EC', crv: 'P-256', x: 'A'.repeat(43), y: 'A'.repeat(43) };
    const oddities: unknown[] = [
      null,
      true,
      -1,
      1e308,
      '',
      '\u0000',
      '\ud800',
      [],
      [[]],
      {},
      { toString: 1 },
      'x'.repeat(500),
    ];
    for (const odd of oddities) {
      for (const name of ['typ', 'alg', 'jwk', 'crit', 'b64']) {
        const header = { typ: 'dpop+jwt', alg: 'ES256', jwk, [name]: odd };
        assert.ok(!(await verifier.verify(handMadeJwt(header, claims), { method: 'GET', url })).ok);
      }
      for (const name of Object.keys(claims)) {
        const header = { typ: 'dpop+jwt', alg: 'ES256', jwk };
        const payload = { ...claims, [name]: odd };
        assert.ok(!(await verifier.verify(handMadeJwt(header, payload), { method: 'GET', url })).ok);
      }
      for (const member of ['kty', 'crv', 'x', 'y']) {
        const header = { typ: 'dpop+jwt', alg: 'ES256', jwk: { ...jwk, [member]: odd } };
        assert.ok(!(await verifier.verify(handMadeJwt(header, claims), { method: 'GET', url })).ok);
      }
    }
  });

  it('are refused as values when their bytes are not UTF-8 or nest hundreds deep', async () => {
    const deep = `${'['.repeat(700)}${']'.repeat(700)}`;
    for (const part of [
      Buffer.from([0xff, 0xfe, 0x7b]),
      Buffer.from(deep),
      Buffer.from('{"a":'),
      Buffer.alloc(0),
    ]) {
      const segment = part.toString('base64url');
      const outcome = await verifier.verify(`${segment}.${segment}.AAAA`, { method: 'GET', url });
      assert.equal(outcome.ok ? 'accepted' : outcome.refusal.code, 'proof_malformed');
    }
  });
});
