import type { IncomingMessage } from 'node:http';
import { refused, accepted, type Result } from '../lib/result.js';
import type { OwnOrigin } from './own-origin.js';

/*
 * Headers by which an outsider could pretend to be our proxy (threat 5, RFC 9700 §4.13): dropped before anything reads
 * them. What the proxy really knows is told again by the front.
 */
const spoofed = new Set([
  'forwarded',
  'x-real-ip',
  'x-client-ip',
  'x-cluster-client-ip',
  'true-client-ip',
  'cf-connecting-ip',
  'x-original-url',
  'x-original-host',
  'x-rewrite-url',
  'x-http-method',
  'x-http-method-override',
  'x-method-override',
  'client-cert',
  'client-cert-chain',
  'x-arr-clientcert',
]);
const spoofedPrefixes = [
  'x-forwarded-',
  'x-client-cert',
  'x-ssl-',
  'ssl-client',
  'ssl_client',
  'x-amzn-mtls-',
];

/** Fields that must not come twice: Node keeps the first or joins them, another reader may do otherwise. */
const single = new Set(['authorization', 'content-type', 'origin', 'host']);

/** Of the names that are looked at: most fields are passed over by it. */
const lengths = new Set([...single, 'dpop'].map((name) => name.length));

const mostHeaders = 100;

/** Refuses what no honest client sends: too many fields, a second DPoP or Authorization, an oversize proof. */
export function inspectHeaders(request: IncomingMessage, proofBytes: number): Result<void> {
  const { rawHeaders } = request;
  if (rawHeaders.length > mostHeaders * 2) return refused('request_malformed', 'more than 100 header fields');
  let proofs = 0;
  let seen: Set<string> | undefined;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const written = rawHeaders[index] ?? '';
    if (!lengths.has(written.length)) continue;
    const name = written.toLowerCase();
    if (name === 'dpop') {
      const value = rawHeaders[index + 1] ?? '';
      proofs += 1;
      // RFC 9449 §4.3-1: not more than one DPoP header field; a proxy may have joined two by a comma.
      if (proofs > 1 || value.includes(',')) return refused('proof_duplicated', 'more than one DPoP header');
      if (value.length > proofBytes) return refused('proof_oversized', `${value.length} bytes`);
    }
    if (!single.has(name)) continue;
    if (seen?.has(name)) return refused('request_malformed', `more than one ${name} header`);
    (seen ??= new Set()).add(name);
  }
  return accepted(undefined);
}

/**
 * Leaves of the request's headers only what a client may say, and says itself under which host and scheme we are
 * reached: `htu`, issuer and links come from the configuration, never from `Host` (RFC 9449 §4.3-9).
 */
export function pinHeaders(request: IncomingMessage, origin: OwnOrigin, clientAddress: string): void {
  const { headers } = request;
  for (const name of Object.keys(headers)) {
    if (spoofed.has(name) || spoofedPrefixes.some((prefix) => name.startsWith(prefix))) delete headers[name];
  }
  headers.host = origin.host;
  headers['x-forwarded-host'] = origin.host;
  headers['x-forwarded-proto'] = origin.scheme;
  headers['x-forwarded-for'] = clientAddress;
}
