import { compactVerify, errors } from 'jose';
import type { Clock } from '../lib/clock.js';
import { accepted, refused, type Result } from '../lib/result.js';
import { normaliseHttpUri } from './http-uri.js';
import { createKeyCache, type KeyCache } from './key-cache.js';
import type { NonceIssuer } from './nonces.js';
import { parseProof } from './parse-proof.js';
import { checkProofWindow } from './proof-window.js';
import { defaultProofPolicy, type Proof, type ProofPolicy, type UnverifiedProof } from './proof.js';
import { accessTokenHash, thumbprint } from './thumbprint.js';

/** What the request that carries the proof looks like from outside. */
export interface ProofExpectation {
  readonly method: string;
  /** Our configured address of what was asked for (`externalUrl`), never made from the Host header. */
  readonly url: string;
  /** The token that came along; `ath` must then be its hash. */
  readonly accessToken?: string;
  /** When present, a nonce of this issuer is demanded. */
  readonly nonces?: Pick<NonceIssuer, 'accepts'>;
}

export interface ProofVerifier {
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
  return {
    async verify(header, expected) {
      const parsed = parseProof(header, policy);
      if (!parsed.ok) return parsed;
      const proof = parsed.value;
      const mismatch = checkRequest(proof, expected) ?? checkTime(proof, expected, clock, policy);
      return mismatch ?? checkSignature(proof, keys);
    },
  };
}

function checkRequest(proof: UnverifiedProof, expected: ProofExpectation): Result<never> | undefined {
  // RFC 9449 §4.3 check 8: htm matches the method of the request; methods are case-sensitive (RFC 9110 §9.1).
  if (proof.htm !== expected.method) return refused('proof_invalid', 'htm is another method');
  // RFC 9449 §4.3 check 9: htu matches the URI of the request, ignoring query and fragment.
  const htu = normaliseHttpUri(proof.htu);
  if (htu === undefined || htu !== normaliseHttpUri(expected.url)) {
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

async function checkSignature(proof: UnverifiedProof, keys: KeyCache): Promise<Result<Proof>> {
  const { jwt, algorithm, publicKey, ...claims } = proof;
  const jkt = thumbprint(publicKey);
  const key = await keys.import(jkt, publicKey, algorithm);
  if (!key) return refused('proof_invalid', 'jwk is not a point of its curve');
  try {
    // RFC 9449 §4.3 check 6: the signature verifies with the public key in the jwk header.
    await compactVerify(jwt, key, { algorithms: [algorithm] });
  } catch (error) {
    if (error instanceof errors.JOSEError) return refused('proof_invalid', `signature: ${error.message}`);
    throw error;
  }
  return accepted({ ...claims, jkt });
}
