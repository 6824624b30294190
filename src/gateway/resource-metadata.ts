import { proofAlgorithms } from '../proof/proof.js';

export interface ResourceDescription {
  readonly issuer: string;
  readonly resource: string;
  readonly scope: readonly string[];
  /** What people call it. */
  readonly name?: string;
  /** Where its developers read how it is used. */
  readonly documentation?: string;
}

/** The metadata of a resource server that takes bound tokens only (RFC 9728 §2). */
export function resourceMetadata(description: ResourceDescription): object {
  const { issuer, resource, scope, name, documentation } = description;
  return {
    resource,
    authorization_servers: [issuer],
    scopes_supported: scope,
    bearer_methods_supported: ['header'],
    dpop_signing_alg_values_supported: proofAlgorithms,
    dpop_bound_access_tokens_required: true,
    // RFC 9396: what the challenges of dear models ask for (docs/CALLS.md).
    authorization_details_types_supported: ['model_call'],
    ...(name !== undefined && { resource_name: name }),
    ...(documentation !== undefined && { resource_documentation: documentation }),
  };
}
