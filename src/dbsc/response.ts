import { compactVerify, importJWK } from 'jose';
import { isRecord, parseJson } from '../lib/json.js';
import { accepted, refused, type Result } from '../lib/result.js';
import { deviceAlgorithms, readDeviceKey, type DeviceAlgorithm, type DeviceKey } from './device-key.js';

/** What a proof must have been made for. */
export interface ProofTarget {
  /** The address of the endpoint from outside. */
  readonly audience: string;
}

/** A browser that has made a key, and has proven that it holds it. */
export interface ProvenRegistration {
  readonly key: DeviceKey;
  /** Whether it was ours, and of this offer, is asked elsewhere. */
  readonly challenge: string;
  /** What the offer asked to be given back. */
  readonly authorization?: string;
}

type Members = Readonly<Record<string, unknown>>;
interface Jwt {
  readonly text: string;
  readonly algorithm: DeviceAlgorithm;
  readonly header: Members;
  readonly claims: Members & { readonly jti: string };
}

const longestHeader = 8192;
const longestClaim = 1024;
// DBSC §9.3 asks for a string in quotes; Chromium sends it bare. Of several fields, joined by a comma, none is taken.
const field = /^(?:"([\w.-]+)"(?:;[^,]*)?|([\w.-]+))$/;
const compactJwt = /^([\w-]+)\.([\w-]+)\.([\w-]+)$/;

/** The `Secure-Session-Response` of a registration: its own key signs it. */
export async function verifyRegistration(
  header: string | undefined,
  expected: ProofTarget,
): Promise<Result<ProvenRegistration>> {
  const read = readJwt(header);
  if (!read.ok) return read;
  const jwt = read.value;
  const { jti: challenge, authorization } = jwt.claims;
  // DBSC §9.10: jwk MUST be present for registration requests.
  const key = await readDeviceKey(jwt.header['jwk'], jwt.algorithm);
  if (!key.ok) return key;
  if (authorization !== undefined && !isShort(authorization)) {
    return refused('device_proof_malformed', 'authorization is no short string');
  }
  const verified = await verify(jwt, key.value, expected);
  if (!verified.ok) return verified;
  return accepted({ key: key.value, challenge, ...(authorization !== undefined && { authorization }) });
}

/** The `Secure-Session-Response` of a refresh: the key of the session signs it, and no other is looked at. */
export async function verifyRefresh(
  header: string | undefined,
  key: DeviceKey,
  expected: ProofTarget,
): Promise<Result<{ readonly challenge: string }>> {
  const read = readJwt(header);
  if (!read.ok) return read;
  // DBSC §9.10: jwk MUST NOT be present for refresh requests; whoever sends one tries a key of his own.
  if (Object.hasOwn(read.value.header, 'jwk')) {
    return refused('device_proof_malformed', 'a refresh brings a jwk of its own');
  }
  const verified = await verify(read.value, key, expected);
  return verified.ok ? accepted({ challenge: read.value.claims.jti }) : verified;
}

function readJwt(header: string | undefined): Result<Jwt> {
  if (header === undefined || header === '') return refused('device_proof_missing');
  if (header.length > longestHeader) return refused('device_proof_malformed', 'the proof is too long');
  const [, quoted, bare] = field.exec(header) ?? [];
  const text = quoted ?? bare ?? '';
  const [, protectedPart = '', payload = ''] = compactJwt.exec(text) ?? [];
  const [head, claims] = [protectedPart, payload].map(readObject);
  if (!head || !claims) return refused('device_proof_malformed', 'it is not one JWT');
  const algorithm = readAlgorithm(head);
  if (!algorithm.ok) return algorithm;
  const { jti } = claims;
  if (!isShort(jti)) return refused('device_proof_malformed', 'jti is no short string');
  return accepted({ text, algorithm: algorithm.value, header: head, claims: { ...claims, jti } });
}

function readAlgorithm(header: Members): Result<DeviceAlgorithm> {
  // DBSC §9.10: typ MUST be dbsc+jwt.
  if (header['typ'] !== 'dbsc+jwt') return refused('device_proof_malformed', 'typ is not dbsc+jwt');
  // RFC 7515 §4.1.11, RFC 7797 §3: no extension is understood here.
  if (Object.hasOwn(header, 'crit') || Object.hasOwn(header, 'b64')) {
    return refused('device_proof_malformed', 'the header names extensions');
  }
  // The draft allows `none`, which proves nothing.
  const algorithm = deviceAlgorithms.find((name) => name === header['alg']);
  if (!algorithm) return refused('device_proof_malformed', `alg is none of ${deviceAlgorithms.join(', ')}`);
  return accepted(algorithm);
}

async function verify(jwt: Jwt, key: DeviceKey, { audience }: ProofTarget): Promise<Result<undefined>> {
  if (jwt.algorithm !== key.algorithm) {
    return refused('device_proof_invalid', 'alg is not the one of the session');
  }
  // Chromium puts the endpoint in where a feature of it is on; a proof for somewhere else is none for us.
  const { aud } = jwt.claims;
  if (aud !== undefined && aud !== audience) return refused('device_proof_invalid', `aud is not ${audience}`);
  try {
    // RFC 8725 §3.1: the algorithm is the key's, whatever the header says.
    const options = { algorithms: [key.algorithm] };
    await compactVerify(jwt.text, await importJWK(key.publicKey, key.algorithm), options);
    return accepted(undefined);
  } catch {
    return refused('device_proof_invalid', 'the signature does not hold');
  }
}

function isShort(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= longestClaim;
}

function readObject(segment: string): Members | undefined {
  const value = parseJson(Buffer.from(segment, 'base64url'));
  return isRecord(value) ? value : undefined;
}
