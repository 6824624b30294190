import {
  base64url,
  calculateJwkThumbprint,
  CompactSign,
  exportJWK,
  generateKeyPair,
  type CryptoKey,
  type JWK,
} from 'jose';
import { epochSeconds, type Clock } from '../lib/clock.js';
import type { ProofAlgorithm } from './proof.js';
import { readPublicKey, type PublicKey } from './public-key.js';

// Nothing of Node here: this also runs in browsers and at the edge.

/** A key pair that signs proofs. */
export interface ProofKey {
  readonly algorithm: ProofAlgorithm;
  readonly privateKey: CryptoKey;
  readonly publicKey: PublicKey;
  readonly jkt: string;
}

export interface ProofRequest {
  readonly method: string;
  /** Query and fragment are dropped. */
  readonly url: string;
  readonly accessToken?: string;
  /** What the server last gave in `DPoP-Nonce`. */
  readonly nonce?: string;
}

/** What a proof is made of beside the request. */
export interface ProofSources {
  readonly clock: Clock;
  readonly random: { bytes(length: number): Uint8Array };
}

/** @param extractable whether the private key may ever be written to a file */
export async function generateProofKey(
  algorithm: ProofAlgorithm = 'ES256',
  extractable = false,
): Promise<ProofKey> {
  const pair = await generateKeyPair(algorithm, { extractable });
  return toProofKey(algorithm, pair.privateKey, await exportJWK(pair.publicKey));
}

/** A key pair made elsewhere, as a proof key. Rejects when `jwk` doesn't fit the algorithm. */
export async function toProofKey(
  algorithm: ProofAlgorithm,
  privateKey: CryptoKey,
  jwk: JWK,
): Promise<ProofKey> {
  const publicKey = readPublicKey(jwk, algorithm);
  if ('wrong' in publicKey) throw new TypeError(publicKey.wrong);
  return { algorithm, privateKey, publicKey, jkt: await calculateJwkThumbprint({ ...publicKey }) };
}

/** A fresh proof for one request (RFC 9449 §4.2). */
export async function createProof(
  key: ProofKey,
  request: ProofRequest,
  { clock, random }: ProofSources,
): Promise<string> {
  const { accessToken, nonce } = request;
  const claims = {
    jti: base64url.encode(random.bytes(18)),
    htm: request.method,
    htu: request.url.replace(/[?#].*$/s, ''),
    iat: epochSeconds(clock),
    ...(nonce !== undefined && { nonce }),
    ...(accessToken !== undefined && { ath: await sha256Of(accessToken) }),
  };
  return new CompactSign(new TextEncoder().encode(JSON.stringify(claims)))
    .setProtectedHeader({ typ: 'dpop+jwt', alg: key.algorithm, jwk: { ...key.publicKey } })
    .sign(key.privateKey);
}

/** SHA-256 of a text in base64url. */
export async function sha256Of(text: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  return base64url.encode(new Uint8Array(digest));
}
