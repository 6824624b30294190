import { jwtVerify, type JWTVerifyGetKey } from 'jose';

export interface JwtAccessToken {
  readonly jti: string;
  /** Seconds since the epoch. */
  readonly expiresAt: number;
}

/** The algorithms that we sign with; never one that the token itself may choose. */
const algorithms = ['ES256', 'RS256', 'EdDSA'];

/**
 * Reads an RFC 9068 access token of ours; undefined for anything else: other issuers, other types (an ID token, a
 * logout token), other algorithms, keys that are not published or no more.
 * Expiry is not judged here but by the stored row, so that an expired token costs the same as an unknown one (law 6).
 */
export async function readJwtAccessToken(
  token: string,
  issuer: string,
  verificationKey: JWTVerifyGetKey,
): Promise<JwtAccessToken | undefined> {
  try {
    // RFC 9068 §4: `typ` is at+jwt, the signature is by a key of the issuer, `alg` is not none, `iss` is the issuer.
    const { payload, protectedHeader } = await jwtVerify(token, verificationKey, {
      algorithms,
      typ: 'at+jwt',
      issuer,
      requiredClaims: ['jti', 'exp', 'aud', 'client_id'],
      clockTolerance: Number.MAX_SAFE_INTEGER,
    });
    // RFC 7797 §7: a JWT has no `b64`; and none of ours says that anything is critical.
    if ('b64' in protectedHeader || 'crit' in protectedHeader) return undefined;
    const { jti, exp } = payload;
    return typeof jti === 'string' && Number.isSafeInteger(exp)
      ? { jti, expiresAt: exp as number }
      : undefined;
  } catch {
    return undefined;
  }
}
