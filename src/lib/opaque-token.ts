import { crc32 } from 'node:zlib';
import { fromBase62, randomBase62, toBase62 } from './base62.js';
import type { Random } from './random.js';

/*
 * The shape of every opaque credential: prefix, five base62 digits of the hour in which it expires (access tokens
 * only), 24 random characters (142 bits), six characters of CRC-32 over all before. The checksum lets a malformed
 * token be refused without the database and lets secret scanners match without false alarms; it protects nothing.
 */
const randomLength = 24;
const bucketLength = 5;
const checksumLength = 6;

/** Seconds in one bucket: access tokens that expire in the same hour lie in one partition. */
export const bucketSeconds = 3600;

export const accessTokenPrefix = 'hldf_at_';
export const refreshTokenPrefix = 'hldf_rt_';

export type OpaqueToken =
  { readonly kind: 'access_token'; readonly bucket: number } | { readonly kind: 'refresh_token' };

/** The partition of a token that expires at `expiresAt` (seconds since the epoch). */
export function bucketOf(expiresAt: number): number {
  return Math.floor(expiresAt / bucketSeconds);
}

export function newAccessToken(random: Random, expiresAt: number): string {
  return withChecksum(
    accessTokenPrefix + toBase62(bucketOf(expiresAt), bucketLength) + randomBase62(random, randomLength),
  );
}

export function newRefreshToken(random: Random): string {
  return withChecksum(refreshTokenPrefix + randomBase62(random, randomLength));
}

/** What `value` claims to be; undefined when it isn't well-formed, so that no database need be asked. */
export function parseOpaqueToken(value: string): OpaqueToken | undefined {
  const body = value.slice(0, -checksumLength);
  if (checksum(body) !== value.slice(-checksumLength)) return undefined;
  if (shape(accessTokenPrefix, bucketLength + randomLength).test(body)) {
    const bucket = fromBase62(body.slice(accessTokenPrefix.length, accessTokenPrefix.length + bucketLength));
    return bucket === undefined ? undefined : { kind: 'access_token', bucket };
  }
  if (shape(refreshTokenPrefix, randomLength).test(body)) return { kind: 'refresh_token' };
  return undefined;
}

const shapes = new Map<string, RegExp>();
function shape(prefix: string, length: number): RegExp {
  let expression = shapes.get(prefix);
  if (!expression) {
    expression = new RegExp(`^${prefix}[0-9A-Za-z]{${length}}$`);
    shapes.set(prefix, expression);
  }
  return expression;
}

function withChecksum(body: string): string {
  return body + checksum(body);
}

function checksum(body: string): string {
  return toBase62(crc32(body), checksumLength);
}
