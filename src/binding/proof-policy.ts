import type { Config } from '../config/schema.js';
import type { Result } from '../lib/result.js';
import { parseProof } from '../proof/parse-proof.js';
import { checkProofWindow } from '../proof/proof-window.js';
import type { ProofPolicy } from '../proof/proof.js';

/** The limits that the config sets for proofs. */
export function proofPolicyOf({ limits, dpop }: Pick<Config, 'limits' | 'dpop'>): ProofPolicy {
  return {
    proofBytes: limits.proof_bytes,
    jtiCharacters: limits.jti_characters,
    windowPast: dpop.window_past,
    windowFuture: dpop.window_future,
  };
}

/**
 * What a proof must satisfy before any cryptography is spent on it, and beyond what oidc-provider checks (signature,
 * htm, htu, ath and nonce are its own).
 * @param now seconds since the epoch
 */
export function inspectProof(header: string, now: number, policy: ProofPolicy): Result<void> {
  const parsed = parseProof(header, policy);
  return parsed.ok ? checkProofWindow(parsed.value.iat, now, policy) : parsed;
}
