import { randomUUID } from 'node:crypto';
import { CompactSign } from 'jose';
import type { ProofKey } from '../../src/proof/create-proof.js';

/** A proof that `key` really signed, whatever its claims and header say; `undefined` takes a member out. */
export function craftProof(
  key: ProofKey,
  claims: Record<string, unknown>,
  header: Record<string, unknown> = {},
): Promise<string> {
  const payload = { jti: randomUUID(), htm: 'POST', iat: Math.floor(Date.now() / 1000), ...claims };
  return new CompactSign(new TextEncoder().encode(JSON.stringify(payload)))
    .setProtectedHeader({ typ: 'dpop+jwt', alg: key.algorithm, jwk: { ...key.publicKey }, ...header })
    .sign(key.privateKey);
}
