import { sha256 } from '../lib/hashing.js';
import type { PublicKey } from './public-key.js';

/** RFC 7638: SHA-256 over the required members in lexical order; the `jkt` that tokens are bound to. */
export function thumbprint(key: PublicKey): string {
  const members =
    key.kty === 'EC'
      ? { crv: key.crv, kty: key.kty, x: key.x, y: key.y }
      : { crv: key.crv, kty: key.kty, x: key.x };
  return sha256(JSON.stringify(members)).toString('base64url');
}

/** The `ath` claim: SHA-256 of the access token (RFC 9449 §4.2). */
export function accessTokenHash(accessToken: string): string {
  return sha256(accessToken).toString('base64url');
}
