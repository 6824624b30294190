import type { PublicKey } from './public-key.js';

/** Algorithms of proofs that we take. `EdDSA` is the older name of `Ed25519` (RFC 9864). */
export const proofAlgorithms = ['ES256', 'EdDSA', 'Ed25519'] as const;
export type ProofAlgorithm = (typeof proofAlgorithms)[number];

/** How old and how large a proof may be. */
export interface ProofPolicy {
  /** Seconds that `iat` may lie back; also when a nonce is present. */
  readonly windowPast: number;
  /** Seconds that `iat` may lie ahead, for clocks that differ. */
  readonly windowFuture: number;
  readonly proofBytes: number;
  readonly jtiCharacters: number;
}

export const defaultProofPolicy: ProofPolicy = {
  windowPast: 300,
  windowFuture: 10,
  proofBytes: 4096,
  jtiCharacters: 128,
};

/** What a DPoP proof says (RFC 9449 §4.2). Nothing of it is true before `verify-proof.ts` says so. */
export interface ProofClaims {
  readonly jti: string;
  readonly htm: string;
  readonly htu: string;
  /** Seconds since the epoch. */
  readonly iat: number;
  readonly nonce?: string;
  readonly ath?: string;
}

/** A proof whose shape is right and whose signature nobody has checked. */
export interface UnverifiedProof extends ProofClaims {
  readonly jwt: string;
  readonly algorithm: ProofAlgorithm;
  readonly publicKey: PublicKey;
}

/** A proof that holds: its maker has the private key of `jkt`. Whether it is its first use is asked elsewhere. */
export interface Proof extends ProofClaims {
  /** RFC 7638 thumbprint of the public key, base64url. */
  readonly jkt: string;
}
