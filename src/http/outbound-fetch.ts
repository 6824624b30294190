import { lookup as systemLookup, type LookupAddress, type LookupOptions } from 'node:dns';
import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import { Agent, fetch as undiciFetch } from 'undici';

/** The address belongs to a private, loopback or otherwise special-use range (RFC 6890). */
export class SpecialUseAddress extends Error {
  constructor(host: string) {
    super(`${host} is or resolves to a special-use address`);
    this.name = 'SpecialUseAddress';
  }
}

/** True for an address of the public internet; v4-mapped v6 addresses count as the v4 within. */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.process(address);
  if (parsed.range() !== 'unicast') return false;
  // IANA has given out 2000::/3 alone; of the rest, ::7f00:1 is 127.0.0.1 (RFC 4291 §2.5.5.1).
  return parsed.kind() === 'ipv4' || (parsed.toByteArray()[0] ?? 0) >> 5 === 1;
}

type LookupCallback = (error: Error | null, address: string | LookupAddress[], family?: number) => void;
type Lookup = (host: string, options: LookupOptions, callback: LookupCallback) => void;

export type Fetch = typeof globalThis.fetch;

/**
 * Fetch for addresses that others chose (jwks_uri, backchannel_logout_uri): threat 29. The check is part of the name
 * look-up that the connection itself uses, so neither rebinding nor a missing guard lets a connection through; no
 * redirect is followed.
 * @param allowPrivate dangerously_allow_private_network_fetch
 */
export function createOutboundFetch(
  allowPrivate: boolean,
  resolve: Lookup = systemLookup as Lookup,
): { fetch: Fetch; close(): Promise<void> } {
  const agent = new Agent({
    connect: { timeout: 2500, ...(allowPrivate ? {} : { lookup: publicOnly(resolve) }) },
    maxResponseSize: 64 * 1024,
  });
  const guarded = async (input: string | URL | Request, init: RequestInit = {}) => {
    const url = new URL(input instanceof Request ? input.url : input);
    const host = url.hostname.replace(/^\[|\]$/g, '');
    // A literal address is connected to without any look-up.
    if (!allowPrivate && isIP(host) !== 0 && !isPublicAddress(host)) throw new SpecialUseAddress(host);
    const { dispatcher: _theirs, headers, ...rest } = init as RequestInit & { dispatcher?: unknown };
    return undiciFetch(url, {
      ...(rest as object),
      headers: [...new Headers(headers)],
      redirect: 'error',
      dispatcher: agent,
    });
  };
  return { fetch: guarded as unknown as Fetch, close: () => agent.close() };
}

function publicOnly(resolve: Lookup): Lookup {
  return (host, options, callback) => {
    resolve(host, { ...options, all: true }, (error, found) => {
      if (error) return callback(error, []);
      const addresses = found as LookupAddress[];
      if (addresses.length === 0 || !addresses.every(({ address }) => isPublicAddress(address))) {
        return callback(new SpecialUseAddress(host), []);
      }
      if (options.all) return callback(null, addresses);
      const [first] = addresses;
      return callback(null, first?.address ?? '', first?.family);
    });
  };
}
