import type { IncomingMessage } from 'node:http';
import type { Config } from '../config/schema.js';
import { aliasedEndpoints } from '../lib/aliased-endpoints.js';

export interface OwnOrigin {
  /** `localhost:6180` */
  readonly host: string;
  /** `http` or `https` */
  readonly scheme: string;
}

const aliased: ReadonlySet<string> = new Set(Object.values(aliasedEndpoints));

/**
 * Tells under which of our own addresses a request came: the issuer's, unless it is for an endpoint that has an alias (RFC
 * 8705 §5) and names the alias's host. Its proof then has that address as `htu` (RFC 9449 §4.3-9). No other host is ever believed.
 */
export function createOriginChoice({
  issuer,
  mtls,
}: Pick<Config, 'issuer' | 'mtls'>): (request: IncomingMessage, path: string) => OwnOrigin {
  const own = originOf(issuer);
  if (mtls.base_url === undefined || mtls.certificates_from === 'none') return () => own;
  const alias = originOf(mtls.base_url);
  return ({ headers }, path) =>
    headers.host?.toLowerCase() === alias.host && aliased.has(path) ? alias : own;
}

function originOf(url: string): OwnOrigin {
  const { host, protocol } = new URL(url);
  return { host, scheme: protocol.slice(0, -1) };
}
