import { accepted, refused, type Result } from '../lib/result.js';
import type { ProofPolicy } from './proof.js';

/**
 * RFC 9449 §4.3 check 11: the JWT was made within an acceptable window. A nonce does not lift it here, so that a
 * replay memory need not last for ever.
 * @param iat seconds since the epoch, as in the proof
 * @param now seconds since the epoch; fractions welcome
 */
export function checkProofWindow(iat: number, now: number, policy: ProofPolicy): Result<void> {
  const age = now - iat;
  if (age > policy.windowPast || age < -policy.windowFuture) {
    return refused('proof_out_of_window', `iat is ${Math.round(age)} s old`);
  }
  return accepted(undefined);
}

/** How long a proof's jti is remembered, in seconds from its first use: longer than any proof with it is accepted. */
export function replayMemory(policy: ProofPolicy): number {
  return 2 * (policy.windowPast + policy.windowFuture);
}
