import type { Config } from '../config/schema.js';
import { proofPolicyOf } from '../binding/proof-policy.js';
import { useOfProof, type ProofUse } from '../binding/replay-store.js';
import type { Clock } from '../lib/clock.js';
import { createPlainProofs } from '../proof/plain-proof.js';
import { checkProofWindow } from '../proof/proof-window.js';

/** A proof that holds; whether it is its first use is for the statement that makes the token. */
export interface LaneProof {
  readonly jkt: string;
  readonly use: ProofUse;
  /** To be told where the proof has an older one (RFC 9449 §8.2). */
  readonly nextNonce: string | undefined;
}

/** The nonces of the provider. */
export interface Nonces {
  nextChallenge(): string;
  checkChallenge(nonce: string): boolean;
}

export interface LaneProofPorts {
  readonly config: Pick<Config, 'issuer' | 'limits' | 'dpop'>;
  readonly clock: Clock;
  readonly nonces: () => Nonces | undefined;
}

/** Judges proofs for the token endpoint; undefined: the long way, where the refusal has words. */
export function createLaneProofs({
  config,
  clock,
  nonces,
}: LaneProofPorts): (header: string) => LaneProof | undefined {
  const policy = proofPolicyOf(config);
  const proofs = createPlainProofs(policy);
  const address = new URL('/token', config.issuer).href;
  return (header) => {
    const proof = proofs.read(header);
    // RFC 9449 §4.3 checks 8 and 9: htm and htu are of this very request, by the address that is configured.
    if (proof?.htm !== 'POST' || proof.htu !== address) return undefined;
    // RFC 9449 §4.3 check 11: the proof was made within an acceptable window.
    if (!checkProofWindow(proof.iat, Math.floor(clock.now() / 1000), policy).ok) return undefined;
    // RFC 9449 §4.3 check 10: the nonce is ours, and of these minutes.
    const ours = nonces();
    if (!ours || proof.nonce === undefined || !ours.checkChallenge(proof.nonce)) return undefined;
    if (!proof.holds()) return undefined;
    const next = ours.nextChallenge();
    return {
      jkt: proof.jkt,
      use: useOfProof(proof),
      nextNonce: next === proof.nonce ? undefined : next,
    };
  };
}
