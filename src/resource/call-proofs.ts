import { useOfProof, type ReplayStore } from '../binding/replay-store.js';
import type { ResourceConfig } from '../config/schema.js';
import type { Clock } from '../lib/clock.js';
import { accepted, refused, type Result } from '../lib/result.js';
import { parseProof } from '../proof/parse-proof.js';
import { createNonces, type NonceIssuer } from '../proof/nonces.js';
import type { ProofPolicy } from '../proof/proof.js';
import { thumbprint } from '../proof/thumbprint.js';
import { createProofVerifier } from '../proof/verify-proof.js';
import type { PresentedProof } from './call-request.js';

export interface CallProofsOptions {
  readonly clock: Clock;
  readonly policy: ProofPolicy;
  /** The same on all nodes, so that each accepts the nonces of the others. */
  readonly nonceKey: Uint8Array;
  readonly requireNonce: boolean;
  readonly replays: Pick<ReplayStore, 'rememberProof'>;
}

/** What a proof is to be good for: a live token at a resource that it is for. */
export interface ProofPlace {
  readonly resource: Pick<ResourceConfig, 'identifier' | 'origins'>;
  readonly token: string;
  /** The key that the token is bound to. */
  readonly jkt: string;
}

/** Proofs that resource servers hand on instead of verifying them themselves. */
export interface CallProofs {
  /** The nonce to hand out now at a resource. */
  nonce(resource: string): string;
  /**
   * Accepted once (RFC 9449 §4.3, §11.1); with the nonce that the client should use from now on, where it used another.
   * `request_malformed`: the resource server has named an address that is none of its own.
   */
  use(presented: PresentedProof, place: ProofPlace): Promise<Result<{ readonly nonce?: string }>>;
}

export function createCallProofs(options: CallProofsOptions): CallProofs {
  const { clock, policy, nonceKey, requireNonce, replays } = options;
  const verifier = createProofVerifier({ clock, policy });
  const issuers = new Map<string, NonceIssuer>();
  const noncesOf = (audience: string): NonceIssuer => {
    const known = issuers.get(audience) ?? createNonces({ key: nonceKey, audience, clock });
    issuers.set(audience, known);
    return known;
  };

  return {
    nonce: (resource) => noncesOf(resource).current(),
    async use({ dpop, method, url }, { resource, token, jkt }) {
      // RFC 9449 §4.3 check 9 is worth what the address is worth: one that came from a Host header is anybody's.
      if (!isOf(resource, url)) return refused('request_malformed', foreignAddress);
      const claimed = parseProof(dpop, policy);
      if (!claimed.ok) return claimed;
      // RFC 9449 §4.3 check 12: the key of the proof is the token's. Cheap, and no other is worth verifying.
      if (thumbprint(claimed.value.publicKey) !== jkt) return refused('token_wrong_key');
      const nonces = noncesOf(resource.identifier);
      const expected = { method, url, accessToken: token, ...(requireNonce && { nonces }) };
      const proof = await verifier.verify(dpop, expected);
      if (!proof.ok) return proof;
      if (!(await replays.rememberProof(useOfProof(proof.value)))) return refused('proof_replayed');
      const current = nonces.current();
      return accepted(proof.value.nonce === current ? {} : { nonce: current });
    },
  };
}

const foreignAddress =
  'proof.url is under no origin of the resource (its identifier’s own, or resources.origins)';

function isOf({ identifier, origins }: ProofPlace['resource'], url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { origin } = new URL(url);
  return origin === new URL(identifier).origin || origins.includes(origin);
}
