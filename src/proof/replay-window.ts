import { sha256 } from '../lib/hashing.js';
import type { Clock } from '../lib/clock.js';
import { accepted, refused, type Result } from '../lib/result.js';
import { defaultProofPolicy, type Proof, type ProofPolicy } from './proof.js';

export interface ReplayWindowOptions {
  readonly clock: Clock;
  readonly policy?: ProofPolicy;
  /**
   * Seconds since the epoch. Proofs made before are refused, since a process that is gone may have seen them.
   * Default: the start of this window and what a client's clock may be ahead. Zero is right only where nonces of
   * a key that was never used before are demanded: they tell old proofs by themselves.
   */
  readonly acceptFrom?: number;
  /** Most proofs remembered; beyond, everything is refused rather than forgotten. */
  readonly capacity?: number;
  /** Most of these by one key, so that nobody fills the memory of all with proofs of his own. Default: a tenth. */
  readonly capacityOfKey?: number;
}

/** What one process remembers of proofs, so that each works once (RFC 9449 §11.1). */
export interface ReplayWindow {
  /** Accepts the first use of a verified proof, refuses every other for as long as it could be accepted. */
  firstUse(proof: Proof): Result<undefined>;
  /** Forgets a proof that turned out to be worth nothing, so that strangers don't fill the memory. */
  forget(proof: Proof): void;
  readonly size: number;
}

const slotSeconds = 30;

export function createReplayWindow({
  clock,
  policy = defaultProofPolicy,
  acceptFrom = clock.now() / 1000 + policy.windowFuture,
  capacity = 1_000_000,
  capacityOfKey = Math.ceil(capacity / 10),
}: ReplayWindowOptions): ReplayWindow {
  /** Proofs, and whose they are, by the time slot in which they may be forgotten; a whole slot is dropped at once. */
  const slots = new Map<number, Map<string, string>>();
  const ofKeys = new Map<string, number>();
  let size = 0;

  const drop = (jkt: string): void => {
    size -= 1;
    const left = (ofKeys.get(jkt) ?? 0) - 1;
    if (left > 0) ofKeys.set(jkt, left);
    else ofKeys.delete(jkt);
  };

  const forgetExpired = (): void => {
    const present = Math.floor(clock.now() / 1000 / slotSeconds);
    for (const [slot, proofs] of slots) {
      if (slot >= present) continue;
      for (const jkt of proofs.values()) drop(jkt);
      slots.delete(slot);
    }
  };

  const remember = (name: string, jkt: string, slot: number): void => {
    const proofs = slots.get(slot) ?? new Map<string, string>();
    slots.set(slot, proofs.set(name, jkt));
    ofKeys.set(jkt, (ofKeys.get(jkt) ?? 0) + 1);
    size += 1;
  };

  return {
    get size() {
      return size;
    },
    firstUse(proof) {
      if (proof.iat < acceptFrom) return refused('proof_out_of_window', 'made before this process started');
      forgetExpired();
      // The proof's own window, and the future window on top for a clock that is set back meanwhile.
      const until = proof.iat + policy.windowPast + policy.windowFuture;
      if (until < clock.now() / 1000) return refused('proof_out_of_window', 'too old to be remembered');
      const name = nameOf(proof);
      for (const proofs of slots.values()) if (proofs.has(name)) return refused('proof_replayed');
      if (size >= capacity || (ofKeys.get(proof.jkt) ?? 0) >= capacityOfKey) {
        return refused('replay_memory_full');
      }
      remember(name, proof.jkt, Math.floor(until / slotSeconds));
      return accepted(undefined);
    },
    forget(proof) {
      const name = nameOf(proof);
      for (const proofs of slots.values()) if (proofs.delete(name)) drop(proof.jkt);
    },
  };
}

/** The key is part of the name: nobody can spend the jti of another. */
function nameOf({ jkt, jti }: Proof): string {
  return sha256(`${jkt} ${jti}`).toString('base64url');
}
