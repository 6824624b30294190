import { strict as assert } from 'node:assert';
import { inspectProof } from '../../../src/binding/proof-policy.js';
import { replayMemory } from '../../../src/proof/proof-window.js';
import type { ProofPolicy } from '../../../src/proof/proof.js';

const limits: ProofPolicy = { proofBytes: 4096, jtiCharacters: 128, windowPast: 300, windowFuture: 10 };
const now = 1_900_000_000;

function proof(claims: Record<string, unknown>, header: Record<string, unknown> = {}): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const coordinate = Buffer.alloc(32, 1).toString('base64url');
  const jwk = { kty: 'EC', crv: 'P-256', x: coordinate, y: coordinate };
  const required = { jti: 'one', iat: now, htm: 'POST', htu: 'https://as.test/token' };
  return `${part({ typ: 'dpop+jwt', alg: 'ES256', jwk, ...header })}.${part({ ...required, ...claims })}.c2ln`;
}

function codeOf(value: string): string {
  const inspected = inspectProof(value, now, limits);
  return inspected.ok ? 'accepted' : inspected.refusal.code;
}

describe('a DPoP proof, before any cryptography', () => {
  it('passes when its iat lies in the window', () => {
    for (const iat of [now - 300, now, now + 10]) assert.equal(codeOf(proof({ iat })), 'accepted');
  });

  it('is refused when its iat lies outside the window, nonce or not', () => {
    for (const iat of [now - 301, now + 11, now + 60, 1]) {
      assert.equal(codeOf(proof({ iat, nonce: 'whatever' })), 'proof_out_of_window', `iat ${iat - now}`);
    }
  });

  it('is refused when it or its jti is too long', () => {
    assert.equal(codeOf(proof({ filler: 'x'.repeat(9000) })), 'proof_oversized');
    assert.equal(codeOf(proof({ jti: 'x'.repeat(129) })), 'proof_oversized');
    assert.equal(codeOf(proof({ jti: 'x'.repeat(128) })), 'accepted');
  });

  it('is refused when two of them arrive joined by a comma', () => {
    assert.equal(codeOf(`${proof({})}, ${proof({})}`), 'proof_duplicated');
  });

  it('is refused with a crit or b64 header', () => {
    assert.equal(codeOf(proof({}, { crit: ['exp'] })), 'proof_malformed');
    assert.equal(codeOf(proof({}, { b64: false })), 'proof_malformed');
  });

  for (const [fault, malformed] of Object.entries({
    'a word': 'x',
    'three empty parts': '..',
    'four parts': 'a.b.c.d',
    'parts that are no JSON': 'a.b.c',
    JSON: '{}',
    'a jti that is a number': proof({ jti: 7 }),
    'an empty jti': proof({ jti: '' }),
    'an iat that is a word': proof({ iat: 'now' }),
  })) {
    it(`is refused when it is malformed: ${fault}`, () => {
      assert.equal(codeOf(malformed), 'proof_malformed');
    });
  }

  it('is remembered for longer than it could be accepted', () => {
    assert.ok(replayMemory(limits) > limits.windowPast + limits.windowFuture);
  });
});
