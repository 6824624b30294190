import { isRecord } from '../../lib/json.js';
import { resourceMetadataUrl } from '../../lib/resource-metadata-url.js';
import { ProviderUnreachable, ProviderUntrusted } from '../client-error.js';
import { isSafeAddress } from '../provider-metadata.js';

/** What a gateway says of itself (RFC 9728). */
export interface ResourceDescription {
  readonly resource: string;
  readonly issuer: string;
  readonly scopes: readonly string[];
}

/** What the person says instead, of a gateway that does not describe itself. */
interface Told {
  readonly issuer?: string;
  /** Separated by spaces. */
  readonly scope?: string;
}

/** Asks the gateway who issues its tokens, so that its address is all that a person must know; or nobody, if all is told. */
export async function describeResource(
  address: string,
  { issuer: toldIssuer, scope }: Told,
  send: typeof fetch,
): Promise<ResourceDescription> {
  if (!isSafeAddress(address)) throw new ProviderUntrusted(`${address} is no https address`);
  if (toldIssuer !== undefined && scope !== undefined) {
    return { resource: address, issuer: toldIssuer, scopes: scope.split(' ').filter(Boolean) };
  }
  const where = resourceMetadataUrl(new URL(address).href);
  const answer = await send(where, { redirect: 'error' }).catch((cause: unknown) => {
    throw new ProviderUnreachable(`No gateway answers at ${address}`, { cause });
  });
  const said: unknown = await answer.json().catch(() => undefined);
  if (!answer.ok || !isRecord(said)) {
    throw new ProviderUnreachable(`${address} does not describe itself; say --issuer and --scope`);
  }
  const { resource, authorization_servers: servers, scopes_supported: scopes } = said;
  // RFC 9728 §3.3: the resource of the metadata MUST be the one that was asked.
  if (typeof resource !== 'string' || new URL(resource).href !== new URL(address).href) {
    throw new ProviderUntrusted(`${address} describes another resource`);
  }
  const issuer: unknown = toldIssuer ?? (Array.isArray(servers) ? servers[0] : undefined);
  if (typeof issuer !== 'string') throw new ProviderUntrusted(`${address} names no provider`);
  return {
    resource,
    issuer,
    scopes:
      scope?.split(' ').filter(Boolean) ??
      (Array.isArray(scopes) ? scopes.filter((each) => typeof each === 'string') : []),
  };
}
