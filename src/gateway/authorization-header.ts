import { parseOpaqueToken } from '../lib/opaque-token.js';
import { accepted, refused, type Result } from '../lib/result.js';

const credentials = /^([A-Za-z][A-Za-z0-9-]*) +([A-Za-z0-9\-._~+/]+=*)$/;
const ownPrefix = 'hldf_';
const longestToken = 8192;

/**
 * A credential that another authorization server, or nobody, has made: one `Authorization: Bearer` that is no token of ours.
 * Undefined: none, and the request is to be judged as any other (RFC 9449 §7.2: our own tokens are never Bearer).
 */
export function readBearerCredential(fields: readonly string[]): string | undefined {
  const [, scheme, value] = (fields.length === 1 && credentials.exec(fields[0] ?? '')) || [];
  if (scheme?.toLowerCase() !== 'bearer' || value === undefined) return undefined;
  return value.length > longestToken || value.startsWith(ownPrefix) ? undefined : value;
}

/**
 * The access token of an `Authorization: DPoP …` header.
 * @param fields every Authorization field of the request
 */
export function readBoundToken(fields: readonly string[]): Result<string> {
  const [field] = fields;
  if (field === undefined) return refused('token_missing');
  if (fields.length > 1) return refused('request_malformed', 'more than one Authorization header');
  const [, scheme, token] = credentials.exec(field) ?? [];
  if (scheme === undefined || token === undefined) {
    return refused('request_malformed', 'the Authorization header is not a scheme and a token');
  }
  // RFC 9449 §7.2: a bound token presented as Bearer MUST be refused. All our tokens are bound, so every Bearer is.
  if (scheme.toLowerCase() === 'bearer') return refused('token_presented_as_bearer');
  if (scheme.toLowerCase() !== 'dpop') return refused('token_missing', 'the scheme is not DPoP');
  if (token.length > longestToken) return refused('token_malformed', 'the token is too long');
  // A token of our own shape has a checksum; a wrong one is not worth a question to the authorization server.
  if (token.startsWith(ownPrefix) && parseOpaqueToken(token)?.kind !== 'access_token') {
    return refused('token_malformed');
  }
  return accepted(token);
}
