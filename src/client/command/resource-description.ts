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

/** Asks the gateway who issues its tokens, so that its address is all that a person must know. */
export async function describeResource(address: string, send: typeof fetch): Promise<ResourceDescription> {
  if (!isSafeAddress(address)) throw new ProviderUntrusted(`${address} is no https address`);
  const where = resourceMetadataUrl(new URL(address).href);
  const answer = await send(where, { redirect: 'error' }).catch((cause: unknown) => {
    throw new ProviderUnreachable(`No gateway answers at ${address}`, { cause });
  });
  const said: unknown = await answer.json().catch(() => undefined);
  if (!answer.ok || !isRecord(said)) {
    throw new ProviderUnreachable(`${address} does not describe itself; name its provider with --issuer`);
  }
  const { resource, authorization_servers: servers, scopes_supported: scopes } = said;
  // RFC 9728 §3.3: the resource of the metadata MUST be the one that was asked.
  if (typeof resource !== 'string' || new URL(resource).href !== new URL(address).href) {
    throw new ProviderUntrusted(`${address} describes another resource`);
  }
  const issuer: unknown = Array.isArray(servers) ? servers[0] : undefined;
  if (typeof issuer !== 'string') throw new ProviderUntrusted(`${address} names no provider`);
  return {
    resource,
    issuer,
    scopes: Array.isArray(scopes) ? scopes.filter((each) => typeof each === 'string') : [],
  };
}
