import { isLoopbackHost } from '../lib/hosts.js';

/** The address as a URL. Throws where a secret would travel unencrypted to another machine. */
export function safeAddress(address: string): URL {
  const url = new URL(address);
  if (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopbackHost(url.hostname))) return url;
  throw new TypeError(`${url.origin} must be https, since secrets and tokens are sent there`);
}
