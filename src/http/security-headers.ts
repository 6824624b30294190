import type { ServerResponse } from 'node:http';
import { isCacheable } from './routes.js';

/** `script-src` is spelled out because oidc-provider adds the hash of its own form_post script to it. */
const nothing = "default-src 'none'; script-src 'none'; frame-ancestors 'none'; base-uri 'none'";

/**
 * Headers of every answer, set before anything else can fail (threats 23 and 35). A page replaces the policy by its
 * own with nonces; nothing else loosens them.
 */
export function setSecurityHeaders(response: ServerResponse, path: string, https: boolean): void {
  response.setHeader('content-security-policy', nothing);
  response.setHeader('x-content-type-options', 'nosniff');
  response.setHeader('x-frame-options', 'DENY');
  response.setHeader('referrer-policy', 'no-referrer');
  response.setHeader('cross-origin-opener-policy', 'same-origin');
  response.setHeader('cross-origin-resource-policy', 'same-origin');
  if (https) response.setHeader('strict-transport-security', 'max-age=31536000; includeSubDomains');
  if (!isCacheable(path)) response.setHeader('cache-control', 'no-store');
}
