import { isLoopbackHost } from '../../lib/hosts.js';

/** Where calls go: an origin, and what stands there in place of `/v1`. */
export interface UpstreamAddress {
  readonly origin: string;
  /** The path of the request as the provider has it. */
  readonly pathOf: (path: string) => string;
}

/** Throws an Error that says what is wrong with it. */
export function upstreamAddress(text: string, { keyed }: { readonly keyed: boolean }): UpstreamAddress {
  if (!URL.canParse(text)) throw new Error('it must be an address, as https://api.openai.com');
  const url = new URL(text);
  const { protocol, origin, hostname, pathname, search, hash, username, password } = url;
  if (protocol !== 'https:' && protocol !== 'http:') throw new Error('it must be an http or https address');
  if (search + hash + username + password !== '')
    throw new Error('it must have no query, fragment or credentials');
  // Law 7: the provider's key is as good as money, and travels with every call.
  if (keyed && protocol === 'http:' && !isLoopbackHost(hostname)) {
    throw new Error('it must be https, since the key of the provider is sent there');
  }
  const base = pathname.replace(/\/+$/, '');
  return { origin, pathOf: (path) => (base === '' ? path : base + path.replace(/^\/v1(beta)?(?=\/)/, '')) };
}
