import { sha256 } from '../lib/hashing.js';
import type { Proof } from '../proof/proof.js';

/** One use of a proof, as replay memory knows it. */
export interface ProofUse {
  readonly key: Buffer;
  /** Of the proof, in seconds since the epoch: says where it is remembered, so that it is in one place for ever. */
  readonly iat: number;
}

export interface ReplayStore {
  /**
   * Remembers `key` (SHA-256 of who and jti) until `until`. True for the first caller, false for every other,
   * over all nodes and restarts: one atomic insert.
   */
  remember(key: Uint8Array, until: Date): Promise<boolean>;
  /** The same for a proof that is within its window, of which all that matters is signed. */
  rememberProof(use: ProofUse): Promise<boolean>;
}

/** A proof is the same where key, jti and time are: nobody but the owner of the key can make another with one of them. */
export function useOfProof({ jkt, jti, iat }: Pick<Proof, 'jkt' | 'jti' | 'iat'>): ProofUse {
  return { key: sha256(JSON.stringify([jkt, jti, iat])), iat };
}
