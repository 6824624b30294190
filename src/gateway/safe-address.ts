const loopback = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

export function isLoopback(url: URL): boolean {
  return loopback.test(url.hostname) || url.hostname.endsWith('.localhost');
}

/** The address as a URL. Throws where a secret would travel unencrypted to another machine. */
export function safeAddress(address: string): URL {
  const url = new URL(address);
  if (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url))) return url;
  throw new TypeError(`${url.origin} must be https, since secrets and tokens are sent there`);
}
