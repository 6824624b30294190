import { calculateJwkThumbprint, type JWK } from 'jose';
import { isRecord } from '../lib/json.js';
import { accepted, refused, type Result } from '../lib/result.js';
import { readPublicKey } from '../proof/public-key.js';

export const deviceAlgorithms = ['ES256', 'RS256'] as const;
export type DeviceAlgorithm = (typeof deviceAlgorithms)[number];

/** The key of a browser's session; its private half never leaves the device. */
export interface DeviceKey {
  readonly algorithm: DeviceAlgorithm;
  /** Public members only. */
  readonly publicKey: JWK;
  /** RFC 7638, base64url. */
  readonly thumbprint: string;
}

const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];

/** The key of a `jwk` header: a public one that fits its algorithm, in the one form that makes its thumbprint. */
export async function readDeviceKey(jwk: unknown, algorithm: DeviceAlgorithm): Promise<Result<DeviceKey>> {
  const publicKey = algorithm === 'ES256' ? readElliptic(jwk) : readRsa(jwk);
  if ('wrong' in publicKey) return refused('device_proof_malformed', publicKey.wrong);
  return accepted({ algorithm, publicKey, thumbprint: await calculateJwkThumbprint(publicKey) });
}

function readElliptic(jwk: unknown): JWK | { readonly wrong: string } {
  const key = readPublicKey(jwk, 'ES256');
  if ('wrong' in key) return key;
  if (key.kty !== 'EC' || !isCanonical(key.x) || !isCanonical(key.y)) {
    return { wrong: 'jwk is not written as RFC 7515 §2 writes octets' };
  }
  return { kty: key.kty, crv: key.crv, x: key.x, y: key.y };
}

function readRsa(jwk: unknown): JWK | { readonly wrong: string } {
  if (!isRecord(jwk)) return { wrong: 'jwk is not an object' };
  const secret = privateMembers.find((name) => Object.hasOwn(jwk, name));
  if (secret !== undefined) return { wrong: `jwk carries the private member ${secret}` };
  const { kty, n, e } = jwk;
  if (kty !== 'RSA') return { wrong: 'jwk is not an RSA key, which RS256 asks for' };
  // RFC 7518 §3.3: a key of 2048 bits or more; and none whose size is work for us.
  if (typeof n !== 'string' || !isCanonical(n) || !hasFairLength(Buffer.from(n, 'base64url'))) {
    return { wrong: 'jwk is not an RSA key of 2048 to 4096 bits' };
  }
  // Every TPM and browser makes it so; another exponent is a choice that nobody needs.
  if (e !== 'AQAB') return { wrong: 'jwk has another exponent than 65537' };
  return { kty, n, e };
}

/** RFC 7518 §6.3.1.1: as few octets as there need to be, so the first one is not zero. */
function hasFairLength(modulus: Buffer): boolean {
  const first = modulus[0] ?? 0;
  const bits = modulus.length * 8 - (Math.clz32(first) - 24);
  return first !== 0 && bits >= 2048 && bits <= 4096;
}

/** Whether octets are written the one way that there is: else one key had many thumbprints. */
function isCanonical(text: string): boolean {
  return Buffer.from(text, 'base64url').toString('base64url') === text;
}
