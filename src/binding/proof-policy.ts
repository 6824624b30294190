import { decodeJwt, decodeProtectedHeader } from 'jose';
import { accepted, refused, type Result } from '../lib/result.js';

export interface ProofLimits {
  /** Longest DPoP header field in bytes. */
  readonly proofBytes: number;
  /** Longest jti in characters. */
  readonly jtiCharacters: number;
  /** How many seconds iat may lie in the past. */
  readonly windowPast: number;
  /** How many seconds iat may lie ahead. */
  readonly windowFuture: number;
}

/**
 * What a DPoP proof must satisfy before any cryptography is spent on it, and beyond what oidc-provider checks.
 * The signature, htm, htu, ath and nonce are oidc-provider's.
 * @param proof the DPoP header field
 * @param now seconds since the epoch
 */
export function inspectProof(proof: string, now: number, limits: ProofLimits): Result<void> {
  if (proof.length > limits.proofBytes) return refused('proof_oversized', `${proof.length} bytes`);
  // RFC 9449 §4.3(1): there is not more than one DPoP header field; two arrive joined by a comma.
  if (proof.includes(',')) return refused('proof_duplicated');

  let claims: Record<string, unknown>;
  let header: Record<string, unknown>;
  try {
    claims = decodeJwt(proof);
    header = decodeProtectedHeader(proof);
  } catch {
    return refused('proof_malformed', 'not a JWT');
  }
  // RFC 7515 §4.1.11: a `crit` that is not understood makes the JWS invalid. We understand none (RFC 7797's b64 too).
  if ('crit' in header || 'b64' in header) return refused('proof_malformed', 'crit is not supported');

  const { jti, iat } = claims;
  if (typeof jti !== 'string' || jti === '') return refused('proof_malformed', 'jti is missing');
  if (jti.length > limits.jtiCharacters) return refused('proof_oversized', `jti of ${jti.length} characters`);
  if (typeof iat !== 'number') return refused('proof_malformed', 'iat is missing');
  // RFC 9449 §4.3(11): iat lies in an acceptable window. Ours holds with a nonce too, so that replay memory is bounded.
  if (iat < now - limits.windowPast) return refused('proof_out_of_window', `iat is ${now - iat} s old`);
  if (iat > now + limits.windowFuture) return refused('proof_out_of_window', `iat is ${iat - now} s ahead`);
  return accepted(undefined);
}

/** How long a proof's jti is remembered, in seconds from now: longer than any proof with it can be accepted. */
export function replayMemory(limits: ProofLimits): number {
  return 2 * (limits.windowPast + limits.windowFuture);
}
