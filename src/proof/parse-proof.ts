import { isRecord, parseJson } from '../lib/json.js';
import { accepted, refused, type Result } from '../lib/result.js';
import { proofAlgorithms, type ProofAlgorithm, type ProofPolicy, type UnverifiedProof } from './proof.js';
import { readPublicKey, type PublicKey } from './public-key.js';

type Members = ReadonlyMap<string, unknown>;

/** What the header of a proof says; the same in each proof of a key. */
export interface ProofHeader {
  readonly algorithm: ProofAlgorithm;
  readonly publicKey: PublicKey;
}

/** Reads the first segment of a JWT. */
export type HeaderReader = (segment: string) => Result<ProofHeader>;

const compactJwt = /^([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)$/;

/**
 * Reads a DPoP header field: its size and shape, no cryptography yet.
 * @param header as node gives it: several fields come as a list or joined by a comma
 */
export function parseProof(
  header: string | readonly string[] | undefined,
  policy: ProofPolicy,
  readHeader: HeaderReader = readProofHeader,
): Result<UnverifiedProof> {
  if (header === undefined) return refused('proof_missing');
  const fields = typeof header === 'string' ? [header] : header;
  const [jwt] = fields;
  // RFC 9449 §4.3 check 1: there is not more than one DPoP header field. A JWT never holds a comma.
  if (fields.length > 1 || jwt?.includes(',')) return refused('proof_duplicated');
  if (jwt === undefined || jwt === '') return refused('proof_missing', 'the DPoP header is empty');
  if (Buffer.byteLength(jwt) > policy.proofBytes) return refused('proof_oversized', 'the proof is too long');
  return parseJwt(jwt, policy, readHeader);
}

function parseJwt(jwt: string, policy: ProofPolicy, readHeader: HeaderReader): Result<UnverifiedProof> {
  // RFC 9449 §4.3 check 2: the DPoP header field value is a single and well-formed JWT.
  const segments = compactJwt.exec(jwt);
  const payload = segments?.[2] === undefined ? undefined : readObject(segments[2]);
  if (segments?.[1] === undefined || !payload) return notJwt();
  const header = readHeader(segments[1]);
  return header.ok ? parseClaims(jwt, header.value, payload, policy) : header;
}

/** The part of a proof that says what key it is made with. */
export function readProofHeader(segment: string): Result<ProofHeader> {
  const header = readObject(segment);
  if (!header) return notJwt();
  // RFC 9449 §4.3 check 4: the typ JOSE header parameter has the value dpop+jwt.
  if (header.get('typ') !== 'dpop+jwt') return refused('proof_malformed', 'typ is not dpop+jwt');
  // RFC 7515 §4.1.11 and RFC 7797 §3: we understand no critical extension, and no unencoded payload.
  if (header.has('crit')) return refused('proof_malformed', 'crit names extensions that are not understood');
  if (header.has('b64')) return refused('proof_malformed', 'b64 is not understood');
  // RFC 9449 §4.3 check 5: alg is an asymmetric algorithm, not none, and acceptable by local policy.
  const algorithm = proofAlgorithms.find((name) => name === header.get('alg'));
  if (!algorithm) return refused('proof_invalid', `alg is none of ${proofAlgorithms.join(', ')}`);
  // RFC 7515 §4.1: jku, x5u, x5c and kid are another's word for which key to trust; only jwk is read.
  const publicKey = readPublicKey(header.get('jwk'), algorithm);
  if ('wrong' in publicKey) return refused('proof_malformed', publicKey.wrong);
  return accepted({ algorithm, publicKey });
}

function notJwt(): Result<never> {
  return refused('proof_malformed', 'the proof is not a JWT');
}

function parseClaims(
  jwt: string,
  { algorithm, publicKey }: ProofHeader,
  payload: Members,
  policy: ProofPolicy,
): Result<UnverifiedProof> {
  // RFC 9449 §4.3 check 3: all required claims are contained.
  const [jti, htm, htu] = ['jti', 'htm', 'htu'].map((name) => payload.get(name));
  const iat = payload.get('iat');
  if (typeof jti !== 'string' || jti === '') return refused('proof_malformed', 'jti is missing');
  if (jti.length > policy.jtiCharacters) return refused('proof_oversized', 'jti is too long');
  if (typeof htm !== 'string') return refused('proof_malformed', 'htm is missing');
  if (typeof htu !== 'string') return refused('proof_malformed', 'htu is missing');
  if (typeof iat !== 'number') return refused('proof_malformed', 'iat is missing');
  const [nonce, ath] = ['nonce', 'ath'].map((name) => payload.get(name));
  if (nonce !== undefined && typeof nonce !== 'string')
    return refused('proof_malformed', 'nonce is no string');
  if (ath !== undefined && typeof ath !== 'string') return refused('proof_malformed', 'ath is no string');

  return accepted({
    jwt,
    algorithm,
    publicKey,
    jti,
    htm,
    htu,
    iat,
    ...(nonce !== undefined && { nonce }),
    ...(ath !== undefined && { ath }),
  });
}

function readObject(segment: string): Members | undefined {
  const value = parseJson(Buffer.from(segment, 'base64url'));
  return isRecord(value) ? new Map(Object.entries(value)) : undefined;
}
