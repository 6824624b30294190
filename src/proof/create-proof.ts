import { CompactSign, exportJWK, generateKeyPair, type CryptoKey, type JWK } from 'jose';
import { epochSeconds, type Clock } from '../lib/clock.js';
import type { Random } from '../lib/random.js';
import type { ProofAlgorithm } from './proof.js';
import { readPublicKey, type PublicKey } from './public-key.js';
import { accessTokenHash, thumbprint } from './thumbprint.js';

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

/** @param extractable whether the private key may ever be written to a file */
export async function generateProofKey(
  algorithm: ProofAlgorithm = 'ES256',
  extractable = false,
): Promise<ProofKey> {
  const pair = await generateKeyPair(algorithm, { extractable });
  return toProofKey(algorithm, pair.privateKey, await exportJWK(pair.publicKey));
}

/** A key pair made elsewhere, as a proof key. Throws when `jwk` doesn't fit the algorithm. */
export function toProofKey(algorithm: ProofAlgorithm, privateKey: CryptoKey, jwk: JWK): ProofKey {
  const publicKey = readPublicKey(jwk, algorithm);
  if ('wrong' in publicKey) throw new TypeError(publicKey.wrong);
  return { algorithm, privateKey, publicKey, jkt: thumbprint(publicKey) };
}

/** A fresh proof for one request (RFC 9449 §4.2). */
export async function createProof(
  key: ProofKey,
  request: ProofRequest,
  { clock, random }: { readonly clock: Clock; readonly random: Random },
): Promise<string> {
  const claims = {
    jti: random.bytes(18).toString('base64url'),
    htm: request.method,
    htu: request.url.replace(/[?#].*$/s, ''),
    iat: epochSeconds(clock),
    ...(request.nonce !== undefined && { nonce: request.nonce }),
    ...(request.accessToken !== undefined && { ath: accessTokenHash(request.accessToken) }),
  };
  return new CompactSign(new TextEncoder().encode(JSON.stringify(claims)))
    .setProtectedHeader({ typ: 'dpop+jwt', alg: key.algorithm, jwk: { ...key.publicKey } })
    .sign(key.privateKey);
}
