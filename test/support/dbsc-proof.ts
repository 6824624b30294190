import {
  exportJWK,
  generateKeyPair,
  SignJWT,
  type CryptoKey,
  type JWK,
  type JWTHeaderParameters,
} from 'jose';

export type DbscAlgorithm = 'ES256' | 'RS256';

/** A key that a browser holds for one session. */
export interface DbscKey {
  readonly algorithm: DbscAlgorithm;
  readonly privateKey: CryptoKey;
  readonly publicJwk: JWK;
}

export async function createDbscKey(algorithm: DbscAlgorithm = 'ES256'): Promise<DbscKey> {
  const { publicKey, privateKey } = await generateKeyPair(algorithm);
  return { algorithm, privateKey, publicJwk: await exportJWK(publicKey) };
}

export interface DbscProof {
  readonly key: DbscKey;
  readonly challenge: string;
  readonly authorization?: string | undefined;
  /** As at a registration; a refresh carries none. */
  readonly withKey: boolean;
  /** Another `typ`, or more members of the header. */
  readonly header?: Readonly<Record<string, unknown>> | undefined;
  readonly claims?: Readonly<Record<string, unknown>> | undefined;
}

/** `Secure-Session-Response`, with the members that Chromium 156 writes. */
export async function dbscProof(proof: DbscProof): Promise<string> {
  const { key, challenge, authorization, withKey, header, claims } = proof;
  const jwk = withKey ? { jwk: key.publicJwk } : {};
  const protectedHeader: JWTHeaderParameters = { alg: key.algorithm, ...jwk, typ: 'dbsc+jwt', ...header };
  const payload = {
    ...(authorization === undefined ? {} : { authorization }),
    jti: challenge,
    ...claims,
  };
  // JWS compact without a signature: what the draft allows, and no library signs.
  if (protectedHeader.alg === 'none') {
    return `${[protectedHeader, payload].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')}.`;
  }
  return new SignJWT(payload).setProtectedHeader(protectedHeader).sign(key.privateKey);
}
