import { randomUUID } from 'node:crypto';
import { CompactSign, exportJWK, generateKeyPair, type CryptoKey, type JWK } from 'jose';
import type { ProofKey } from '../../src/proof/create-proof.js';

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

/** A proof that `key` really signed, whatever its claims and header say; `undefined` takes a member out. */
export function craftProof(
  key: ProofKey,
  claims: Record<string, unknown>,
  header: Record<string, unknown> = {},
): Promise<string> {
  const payload = { jti: randomUUID(), htm: 'POST', iat: Math.floor(Date.now() / 1000), ...claims };
  return new CompactSign(encode(payload))
    .setProtectedHeader({ typ: 'dpop+jwt', alg: key.algorithm, jwk: { ...key.publicKey }, ...header })
    .sign(key.privateKey);
}

/** A compact JWT of these parts, whose signature is whatever is given. */
export function handMadeJwt(header: unknown, payload: unknown, signature = 'AAAA'): string {
  return [segment(header), segment(payload), signature].join('.');
}

/** The same with a true ES256 signature, whatever the header says: jose would not sign some of what we send. */
export async function signedJwt(header: unknown, payload: unknown, key: CryptoKey): Promise<string> {
  const input = `${segment(header)}.${segment(payload)}`;
  const ecdsa = { name: 'ECDSA', hash: 'SHA-256' };
  const signature = await crypto.subtle.sign(ecdsa, key, new TextEncoder().encode(input));
  return `${input}.${Buffer.from(signature).toString('base64url')}`;
}

function segment(value: unknown): string {
  return Buffer.from(encode(value)).toString('base64url');
}

function encode(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}
