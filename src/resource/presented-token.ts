import type { JWTVerifyGetKey } from 'jose';
import { sha256, sha256Hex } from '../lib/hashing.js';
import { bucketOf, parseOpaqueToken } from '../lib/opaque-token.js';
import { jwtDigest } from '../provider/access-token-adapter.js';
import { readJwtAccessToken } from './jwt-access-token.js';

/** Where an access token's row would be, if there is one. */
export interface AccessTokenPlace {
  /** Hex digits of what the row is found by. */
  readonly digest: string;
  readonly bucket: number;
}

/** Where the row of a presented token would be. Whether there is one only the store knows. */
export type PresentedToken =
  | ({ readonly kind: 'access_token'; readonly jti?: string } & AccessTokenPlace)
  | { readonly kind: 'refresh_token'; readonly digest: Buffer };

export interface TokenReading {
  readonly issuer: string;
  readonly verificationKey: JWTVerifyGetKey;
  /** Seconds since the epoch. */
  readonly now: number;
  /** Longest life of any access token in seconds. */
  readonly longestLife: number;
}

/** A longer value is none of ours: an opaque token has 43 characters, a JWT access token less than 2 kB. */
const longestToken = 8192;

/**
 * Tells what a presented value is by its shape alone, so that the database is asked only about what could be ours.
 * `token_type_hint` is not needed and not looked at (RFC 7662 §2.1, RFC 7009 §2.1: a wrong one must hide nothing).
 */
export function readPresentedToken(
  value: string,
  reading: TokenReading,
): PresentedToken | undefined | Promise<PresentedToken | undefined> {
  if (value.length > longestToken) return undefined;
  const opaque = parseOpaqueToken(value);
  if (opaque?.kind === 'refresh_token') return { kind: 'refresh_token', digest: sha256(value) };
  if (opaque)
    return plausible({ kind: 'access_token', digest: sha256Hex(value), bucket: opaque.bucket }, reading);
  return value.split('.').length === 3 ? readJwt(value, reading) : undefined;
}

export function bytesOf({ digest }: AccessTokenPlace): Buffer {
  return Buffer.from(digest, 'hex');
}

async function readJwt(value: string, reading: TokenReading): Promise<PresentedToken | undefined> {
  const jwt = await readJwtAccessToken(value, reading.issuer, reading.verificationKey);
  if (!jwt) return undefined;
  const place = { digest: jwtDigest(jwt.jti).toString('hex'), bucket: bucketOf(jwt.expiresAt) };
  return plausible({ kind: 'access_token', ...place, jti: jwt.jti }, reading);
}

/** A bucket outside the possible lifetimes has no living token: anyone could write such a token. */
function plausible(token: PresentedToken & { readonly bucket: number }, { now, longestLife }: TokenReading) {
  return token.bucket >= bucketOf(now) - 1 && token.bucket <= bucketOf(now + longestLife) ? token : undefined;
}
