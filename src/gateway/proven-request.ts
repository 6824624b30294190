import type { Clock } from '../lib/clock.js';
import type { Random } from '../lib/random.js';
import { accepted, refused, type Result } from '../lib/result.js';
import { externalUrl } from '../proof/http-uri.js';
import { createNonces } from '../proof/nonces.js';
import type { Proof, ProofPolicy } from '../proof/proof.js';
import { createProofVerifier } from '../proof/verify-proof.js';
import { readBoundToken } from './authorization-header.js';

/** The parts of a request that decide. */
export interface GuardedRequest {
  readonly method: string;
  /** The request target: path and query. */
  readonly target: string;
  /** Every field of these names, unjoined. */
  readonly authorization: readonly string[];
  readonly dpop: readonly string[];
}

/** A request whose token has the right shape and whose proof is good for it. Nobody asked yet whether the token lives. */
export interface ProvenRequest {
  readonly accessToken: string;
  readonly proof: Proof;
}

export interface ProverOptions {
  readonly resource: string;
  readonly publicUrl: string;
  readonly policy: ProofPolicy;
  readonly clock: Clock;
  readonly random: Random;
}

/** Checks what needs no question to anybody: one token, one proof, good for each other and for this request. */
export interface Prover {
  prove(request: GuardedRequest): Promise<Result<ProvenRequest>>;
  /** The nonce to hand out now. */
  nonce(): string;
  /** The nonce for the client's next proof, where it is another than that of this one. */
  nextAfter(proof: Proof): string | undefined;
}

export function createProver({ resource, publicUrl, policy, clock, random }: ProverOptions): Prover {
  const proofs = createProofVerifier({ clock, policy });
  const nonces = createNonces({ key: random.bytes(32), audience: resource, clock });
  return {
    nonce: () => nonces.current(),
    nextAfter: (proof) => (proof.nonce === nonces.current() ? undefined : nonces.current()),
    async prove({ method, target, authorization, dpop }) {
      const presented = readBoundToken(authorization);
      if (!presented.ok) return presented;
      const accessToken = presented.value;
      const url = externalUrl(publicUrl, target);
      if (url === undefined) return refused('request_malformed', 'the request target is not a path');
      const proof = await proofs.verify(dpop, { method, url, accessToken, nonces });
      return proof.ok ? accepted({ accessToken, proof: proof.value }) : proof;
    },
  };
}
