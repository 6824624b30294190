import { verify } from 'node:crypto';
import type { Clock } from '../lib/clock.js';
import { accepted, refused, type Result } from '../lib/result.js';
import { derOfSignature } from './ecdsa-signature.js';
import { normaliseHttpUri } from './http-uri.js';
import { createHeaderCache } from './header-cache.js';
import { createKeyCache, type KeyCache } from './key-cache.js';
import type { NonceIssuer } from './nonces.js';
import { parseProof } from './parse-proof.js';
import { checkProofWindow } from './proof-window.js';
import { defaultProofPolicy, type Proof, type ProofPolicy, type UnverifiedProof } from './proof.js';
import { accessTokenHash } from './thumbprint.js';

/** What the request that carries the proof looks like from outside. */
export interface ProofExpectation {
  readonly method: string;
  /** Our configured address of what was asked for (`externalUrl`), never made from the Host header. */
  readonly url: string;
  /** The token that came along; `ath` must then be its hash. */
  readonly accessToken?: string;
  /** The key that it must be made with; no other is tried. */
  readonly jkt?: string;
  /** When present, a nonce of this issuer is demanded. */
  readonly nonces?: Pick<NonceIssuer, 'accepts'>;
}

/** A proof of which everything is right but, perhaps, the signature: no cryptography is spent on it yet. */
export interface ExaminedProof {
  /** The key that it claims to be made with. */
  readonly jkt: string;
  checkSignature(): Result<Proof>;
}

export interface ProofVerifier {
  /** All of `verify` but the signature. */
  examine(header: string | readonly string[] | undefined, expected: ProofExpectation): Result<ExaminedProof>;
  /**
   * Everything of RFC 9449 §4.3 but the token's own binding (`cnf.jkt`) and the first use of the proof, which
   * the caller asks a replay memory.
   */
  verify(header: string | readonly string[] | undefined, expected: ProofExpectation): Promise<Result<Proof>>;
}

export interface ProofVerifierOptions {
  readonly clock: Clock;
  readonly policy?: ProofPolicy;
  readonly keys?: KeyCache;
}

export function createProofVerifier({
  clock,
  policy = defaultProofPolicy,
  keys = createKeyCache(),
}: ProofVerifierOptions): ProofVerifier {
  const headers = createHeaderCache();
  const normalise = rememberedNormaliser();
  const examine: ProofVerifier['examine'] = (header, expected) => {
    const parsed = parseProof(header, policy, headers.read);
    if (!parsed.ok) return parsed;
    const proof = parsed.value;
    const jkt = headers.thumbprint(proof.publicKey);
    // RFC 9449 §4.3 check 12: the key of the proof is the token's. Asked first: whoever stole a token makes us do nothing more.
    if (expected.jkt !== undefined && jkt !== expected.jkt) return refused('token_wrong_key');
    const mismatch = checkRequest(proof, expected, normalise) ?? checkTime(proof, expected, clock, policy);
    if (mismatch) return mismatch;
    return accepted({ jkt, checkSignature: () => checkSignature(proof, jkt, keys) });
  };
  return {
    examine,
    verify: (header, expected) => {
      const examined = examine(header, expected);
      return Promise.resolve(examined.ok ? examined.value.checkSignature() : examined);
    },
  };
}

/** Addresses repeat: what they are in comparable form is kept of the last few. */
function rememberedNormaliser(): typeof normaliseHttpUri {
  const known = new Map<string, string | undefined>();
  return (uri) => {
    if (known.has(uri)) return known.get(uri);
    const normal = normaliseHttpUri(uri);
    if (known.size >= mostAddresses) known.clear();
    if (uri.length <= longestAddress) known.set(uri, normal);
    return normal;
  };
}

const mostAddresses = 1000;
const longestAddress = 1024;

function checkRequest(
  proof: UnverifiedProof,
  expected: ProofExpectation,
  normalise: typeof normaliseHttpUri,
): Result<never> | undefined {
  // RFC 9449 §4.3 check 8: htm matches the method of the request; methods are case-sensitive (RFC 9110 §9.1).
  if (proof.htm !== expected.method) return refused('proof_invalid', 'htm is another method');
  // RFC 9449 §4.3 check 9: htu matches the URI of the request, ignoring query and fragment.
  const htu = normalise(proof.htu);
  if (htu === undefined || htu !== normalise(expected.url)) {
    return refused('proof_invalid', `htu is not ${expected.url.replace(/[?#].*$/s, '')}`);
  }
  // RFC 9449 §4.3 check 12: with an access token, ath equals its hash.
  if (expected.accessToken !== undefined && proof.ath !== accessTokenHash(expected.accessToken)) {
    return refused('proof_invalid', 'ath is not the hash of the access token');
  }
  return undefined;
}

function checkTime(
  proof: UnverifiedProof,
  { nonces }: ProofExpectation,
  clock: Clock,
  policy: ProofPolicy,
): Result<never> | undefined {
  const inWindow = checkProofWindow(proof.iat, clock.now() / 1000, policy);
  if (!inWindow.ok) return inWindow;
  // RFC 9449 §4.3 check 10 and §11.3: once nonces are given out, a proof without ours is never accepted.
  if (nonces && !(proof.nonce !== undefined && nonces.accepts(proof.nonce))) {
    return refused('nonce_required', proof.nonce === undefined ? 'no nonce' : 'the nonce is old or not ours');
  }
  return undefined;
}

function checkSignature(proof: UnverifiedProof, jkt: string, keys: KeyCache): Result<Proof> {
  const { jwt, algorithm, publicKey, ...claims } = proof;
  const key = keys.import(jkt, publicKey);
  if (!key) return refused('proof_invalid', 'jwk is not a point of its curve');
  const end = jwt.lastIndexOf('.');
  const signed = Buffer.from(jwt.slice(0, end), 'latin1');
  const signature = Buffer.from(jwt.slice(end + 1), 'base64url');
  // RFC 7518 §3.4, RFC 8037 §3.1: 64 octets with each of our algorithms.
  // RFC 9449 §4.3 check 6: the signature verifies with the public key in the jwk header.
  const holds =
    signature.length === 64 &&
    (algorithm === 'ES256'
      ? verify('sha256', signed, key, derOfSignature(signature))
      : verify(undefined, signed, key, signature));
  return holds ? accepted({ ...claims, jkt }) : refused('proof_invalid', 'the signature does not hold');
}
