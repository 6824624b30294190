import { proofAlgorithms } from '../proof/proof.js';

export interface ResourceDescription {
  readonly issuer: string;
  readonly resource: string;
  readonly scope: readonly string[];
}

/** The metadata of a resource server that takes bound tokens only (RFC 9728 §2). */
export function resourceMetadata({ issuer, resource, scope }: ResourceDescription): object {
  return {
    resource,
    authorization_servers: [issuer],
    scopes_supported: scope,
    bearer_methods_supported: ['header'],
    dpop_signing_alg_values_supported: proofAlgorithms,
    dpop_bound_access_tokens_required: true,
  };
}
