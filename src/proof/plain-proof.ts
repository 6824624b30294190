import { createPublicKey, verify, type KeyObject } from 'node:crypto';
import { isRecord, parseJson } from '../lib/json.js';
import { derOfSignature } from './ecdsa-signature.js';
import { parseProof } from './parse-proof.js';
import type { ProofAlgorithm, ProofClaims, ProofPolicy } from './proof.js';
import { thumbprint } from './thumbprint.js';

/** A proof that was read but not yet believed. */
export interface PlainProof extends ProofClaims {
  /** RFC 7638 thumbprint of the key in its header. */
  readonly jkt: string;
  /** RFC 9449 §4.3 check 6: the signature verifies with the public key in the jwk header. */
  holds(): boolean;
}

export interface PlainProofs {
  /** Undefined: not of the plain shape. That says nothing of its worth; whoever knows every shape must judge it. */
  read(jwt: string): PlainProof | undefined;
}

interface KnownHeader {
  readonly algorithm: ProofAlgorithm;
  readonly jkt: string;
  readonly key: KeyObject;
}

const claims = new Set(['jti', 'htm', 'htu', 'iat', 'nonce', 'ath']);
const headerMembers = ['alg', 'jwk', 'typ'];
const keyMembers: Readonly<Record<string, string>> = { EC: 'crv,kty,x,y', OKP: 'crv,kty,x' };
const base64url = /^[A-Za-z0-9_-]+$/;

/**
 * Reads proofs of the shape that nearly every client makes (no members but those of RFC 9449 §4.2) without waiting: the
 * header is the same in each proof of a key, so what it says is remembered, and the key is imported once.
 */
export function createPlainProofs(policy: ProofPolicy, capacity = 10_000): PlainProofs {
  const headers = new Map<string, KnownHeader>();

  const headerOf = (segment: string, jwt: string): KnownHeader | undefined => {
    const known = headers.get(segment) ?? readHeader(segment, jwt, policy);
    if (!known) return undefined;
    // Whoever was used last goes last.
    headers.delete(segment);
    headers.set(segment, known);
    const [oldest] = headers.keys();
    if (headers.size > capacity && oldest !== undefined) headers.delete(oldest);
    return known;
  };

  return {
    read(jwt) {
      if (jwt.length > policy.proofBytes) return undefined;
      const [first = '', second = '', signature = '', ...more] = jwt.split('.');
      if (more.length > 0 || !base64url.test(second) || !base64url.test(signature)) return undefined;
      const said = readClaims(second, policy);
      const header = said && headerOf(first, jwt);
      if (!header) return undefined;
      return {
        ...said,
        jkt: header.jkt,
        holds: () => signatureHolds(header, jwt.slice(0, -signature.length - 1), signature),
      };
    },
  };
}

function readHeader(segment: string, jwt: string, policy: ProofPolicy): KnownHeader | undefined {
  const header = parseJson(Buffer.from(segment, 'base64url'));
  if (!isRecord(header) || !isRecord(header['jwk'])) return undefined;
  const jwk = header['jwk'];
  if (Object.keys(header).sort().join() !== headerMembers.join()) return undefined;
  if (Object.keys(jwk).sort().join() !== keyMembers[String(jwk['kty'])]) return undefined;
  const parsed = parseProof(jwt, policy);
  if (!parsed.ok) return undefined;
  const { algorithm, publicKey } = parsed.value;
  try {
    const key = createPublicKey({ key: { ...publicKey }, format: 'jwk' });
    return { algorithm, key, jkt: thumbprint(publicKey) };
  } catch {
    // Not a point of its curve.
    return undefined;
  }
}

/** RFC 9449 §4.3 check 3, and nothing beyond what is expected: `exp` or `nbf` would have to be obeyed. */
function readClaims(segment: string, policy: ProofPolicy): ProofClaims | undefined {
  const said = parseJson(Buffer.from(segment, 'base64url'));
  if (!isRecord(said) || !Object.keys(said).every((name) => claims.has(name))) return undefined;
  const { jti, htm, htu, iat, nonce, ath } = said;
  if (typeof jti !== 'string' || jti === '' || jti.length > policy.jtiCharacters) return undefined;
  if (typeof htm !== 'string' || typeof htu !== 'string' || !Number.isSafeInteger(iat)) return undefined;
  if (nonce !== undefined && typeof nonce !== 'string') return undefined;
  if (ath !== undefined && typeof ath !== 'string') return undefined;
  return {
    jti,
    htm,
    htu,
    iat: iat as number,
    ...(nonce !== undefined && { nonce }),
    ...(ath !== undefined && { ath }),
  };
}

function signatureHolds({ algorithm, key }: KnownHeader, signed: string, signature: string): boolean {
  const [input, bytes] = [Buffer.from(signed), Buffer.from(signature, 'base64url')];
  if (bytes.length !== 64) return false;
  return algorithm === 'ES256'
    ? verify('sha256', input, key, derOfSignature(bytes))
    : verify(null, input, key, bytes);
}
