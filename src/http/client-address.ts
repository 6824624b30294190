import { BlockList, isIP } from 'node:net';

/**
 * Tells the address a request came from: the connection's, unless that is a trusted proxy; then the last one in its
 * X-Forwarded-For that is no trusted proxy itself. What stands further left was written by the client.
 */
export function createAddressReader(trustedProxies: readonly string[]) {
  const isTrusted = createProxyTrust(trustedProxies);
  return (connection: string | undefined, forwardedFor: string | undefined): string => {
    let address = plainAddress(connection ?? '');
    if (forwardedFor === undefined) return address;
    const hops = forwardedFor.split(',').map((hop) => plainAddress(hop.trim()));
    while (isTrusted(address)) {
      const hop = hops.pop();
      if (hop === undefined || isIP(hop) === 0) break;
      address = hop;
    }
    return address;
  };
}

/** Whether a connection from this address is one of our proxies'. */
export function createProxyTrust(
  trustedProxies: readonly string[],
): (connection: string | undefined) => boolean {
  const trusted = blockListOf(trustedProxies);
  return (connection) => {
    const address = plainAddress(connection ?? '');
    const family = isIP(address);
    return family !== 0 && trusted.check(address, family === 6 ? 'ipv6' : 'ipv4');
  };
}

/** A v4 address inside v6 (::ffff:192.0.2.1) is the v4 address. */
function plainAddress(address: string): string {
  if (!address.includes(':')) return address;
  return address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
}

function blockListOf(ranges: readonly string[]): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [address = '', prefix] = range.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    if (prefix === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(prefix), family);
  }
  return list;
}
