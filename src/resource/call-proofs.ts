import { useOfProof, type ReplayStore } from '../binding/replay-store.js';
import type { ResourceConfig } from '../config/schema.js';
import type { Clock } from '../lib/clock.js';
import { accepted, refused, type Result } from '../lib/result.js';
import { createNonces, type NonceIssuer } from '../proof/nonces.js';
import type { ProofPolicy } from '../proof/proof.js';
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
      const nonces = noncesOf(resource.identifier);
      const expected = { method, url, accessToken: token, jkt, ...(requireNonce && { nonces }) };
      const examined = verifier.examine(dpop, expected);
      if (!examined.ok) return examined;
      const proof = examined.value.checkSignature();
      if (!proof.ok) return proof;
      if (!(await replays.rememberProof(useOfProof(proof.value)))) return refused('proof_replayed');
      const current = nonces.current();
      return accepted(proof.value.nonce === current ? {} : { nonce: current });
    },
  };
}

const foreignAddress =
  'proof.url is under no origin of the resource (its identifier’s own, or resources.origins)';

const originsOf = new WeakMap<ProofPlace['resource'], readonly string[]>();

function isOf(resource: ProofPlace['resource'], url: string): boolean {
  const origins = originsOf.get(resource) ?? [new URL(resource.identifier).origin, ...resource.origins];
  originsOf.set(resource, origins);
  // Written as it is compared: nothing is parsed where nothing needs to be.
  if (origins.some((origin) => url.startsWith(`${origin}/`))) return true;
  return URL.canParse(url) && origins.includes(new URL(url).origin);
}
