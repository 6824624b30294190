import { isLoopbackHost } from '../lib/hosts.js';
import { isCacheable } from './routes.js';

/** `script-src` is spelled out because oidc-provider adds the hash of its own form_post script to it. */
const nothing = "default-src 'none'; script-src 'none'; frame-ancestors 'none'; base-uri 'none'";

const always = Object.entries({
  'content-security-policy': nothing,
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
}).flat();
const httpsOnly = ['strict-transport-security', 'max-age=31536000; includeSubDomains'];
const uncached = ['cache-control', 'no-store'];

/**
 * Headers of every answer, name and value in turns (threats 23 and 35). A page replaces the policy by its own with nonces;
 * nothing else loosens them.
 */
export function createSecurityHeaders(issuer: URL): (path: string) => readonly string[] {
  // RFC 6797 §8.3: it is of the host, whatever the port; on localhost it would shut out every other server of this machine.
  const strict = issuer.protocol === 'https:' && !isLoopbackHost(issuer.hostname);
  const cacheable = strict ? [...always, ...httpsOnly] : always;
  const others = [...cacheable, ...uncached];
  return (path) => (isCacheable(path) ? cacheable : others);
}
