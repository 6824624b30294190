import { CompactSign, exportJWK, generateKeyPair, type CryptoKey, type JWK } from 'jose';

/** Makes proofs that may be wrong in any part; `undefined` takes a member out. */
export interface ProofForge {
  readonly jwk: JWK;
  readonly privateKey: CryptoKey;
  sign(claims?: Record<string, unknown>, header?: Record<string, unknown>): Promise<string>;
}

export async function proofForge(algorithm: string, defaults: Record<string, unknown>): Promise<ProofForge> {
  const pair = await generateKeyPair(algorithm, { extractable: true });
  const jwk = await exportJWK(pair.publicKey);
  return {
    jwk,
    privateKey: pair.privateKey,
    sign: (claims = {}, header = {}) =>
      new CompactSign(encode({ ...defaults, ...claims }))
        .setProtectedHeader({ typ: 'dpop+jwt', alg: algorithm, jwk, ...header })
        .sign(pair.privateKey),
  };
}

/** A compact JWT of these parts, whose signature is whatever is given. */
export function handMadeJwt(header: unknown, payload: unknown, signature = 'AAAA'): string {
  return [segment(header), segment(payload), signature].join('.');
}

function segment(value: unknown): string {
  return Buffer.from(encode(value)).toString('base64url');
}

function encode(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}
