import { proofAlgorithms } from '../proof/proof.js';

/** RFC 9728 §3.1: the well-known path goes between the host and the path of the resource. */
export function resourceMetadataUrl(resource: string): string {
  const { origin, pathname } = new URL(resource);
  return `${origin}/.well-known/oauth-protected-resource${pathname === '/' ? '' : pathname}`;
}

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
