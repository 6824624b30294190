import { isRecord } from '../lib/json.js';
import type { ProofAlgorithm } from './proof.js';

export interface EllipticPublicKey {
  readonly kty: 'EC';
  readonly crv: 'P-256';
  readonly x: string;
  readonly y: string;
}

export interface EdwardsPublicKey {
  readonly kty: 'OKP';
  readonly crv: 'Ed25519';
  readonly x: string;
}

/** The public key of a proof, reduced to the members that make its thumbprint. */
export type PublicKey = EllipticPublicKey | EdwardsPublicKey;

const secretMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];
const coordinate = /^[A-Za-z0-9_-]{43}$/;

/** Why a `jwk` header is refused, or the key in it. Reads nothing but the members of the key itself. */
export function readPublicKey(
  jwk: unknown,
  algorithm: ProofAlgorithm,
): PublicKey | { readonly wrong: string } {
  if (!isRecord(jwk)) return { wrong: 'jwk is not an object' };
  const members = new Map<string, unknown>(Object.entries(jwk));
  // RFC 9449 §4.3 check 7: the jwk does not contain a private key.
  const secret = secretMembers.find((name) => members.has(name));
  if (secret !== undefined) return { wrong: `jwk carries the private member ${secret}` };

  const expected = algorithm === 'ES256' ? { kty: 'EC', crv: 'P-256' } : { kty: 'OKP', crv: 'Ed25519' };
  if (members.get('kty') !== expected.kty || members.get('crv') !== expected.crv) {
    return { wrong: `jwk is not an ${expected.kty} ${expected.crv} key, which ${algorithm} asks for` };
  }
  const x = readCoordinate(members.get('x'));
  if (x === undefined) return { wrong: 'jwk has no 32-byte x' };
  if (algorithm !== 'ES256') return { kty: 'OKP', crv: 'Ed25519', x };
  const y = readCoordinate(members.get('y'));
  return y === undefined ? { wrong: 'jwk has no 32-byte y' } : { kty: 'EC', crv: 'P-256', x, y };
}

function readCoordinate(value: unknown): string | undefined {
  return typeof value === 'string' && coordinate.test(value) ? value : undefined;
}
