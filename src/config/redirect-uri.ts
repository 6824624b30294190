import { isLoopbackHost } from '../lib/hosts.js';

/**
 * Why `uri` can't be a redirect URI; undefined when it can.
 * @param applicationType `native` may also have a scheme of its own
 */
export function redirectUriProblem(uri: string, applicationType: unknown = 'web'): string | undefined {
  if (!URL.canParse(uri)) return `${uri} is not an absolute URL, such as https://app.example/callback`;
  const url = new URL(uri);
  // RFC 6749 §3.1.2: it MUST NOT include a fragment.
  if (uri.includes('#')) return `${uri} must not have a fragment`;
  if (url.username !== '' || url.password !== '') return `${uri} must not have user information`;
  if (url.protocol === 'https:') return undefined;
  // RFC 9700 §2.6: http only where nothing leaves the machine, else codes travel in the clear.
  if (url.protocol === 'http:' && isLoopbackHost(url.hostname)) return undefined;
  if (applicationType !== 'native') return `${uri} must be https, or http on localhost while you develop`;
  // RFC 8252 §7.1: a scheme of one's own is made of a domain name, and so is never `javascript` or `data`.
  if (/^[a-z][a-z0-9+-]*(\.[a-z0-9+-]+)+:$/.test(url.protocol)) return undefined;
  return `${uri} must be http on 127.0.0.1, https, or of a scheme like com.example.app:`;
}
