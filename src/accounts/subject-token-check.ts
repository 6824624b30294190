import { decodeJwt, errors, jwtVerify, type JWTPayload } from 'jose';
import type { TrustedIssuerConfig } from '../config/trusted-issuers.js';
import type { Clock } from '../lib/clock.js';
import { harmless } from '../lib/harmless.js';
import { accepted, refused, type Result } from '../lib/result.js';
import { type IssuerKeys, IssuerUnavailable } from './issuer-keys.js';
import { issuerClockAhead } from './subject-token-policy.js';

/** Characters: longer ones are refused before any cryptography (threat 30). */
const longestToken = 16_384;

export interface TrustedTokenPorts {
  readonly issuers: readonly TrustedIssuerConfig[];
  readonly keys: IssuerKeys;
  readonly clock: Clock;
}

/** What a token of a trusted issuer is to be. */
export interface ExpectedToken {
  /** Of the header, lower-case, without `application/`; beside none and `jwt`. */
  readonly type?: string;
  readonly refusal: 'subject_token_rejected' | 'logout_token_rejected';
}

export interface VerifiedToken {
  readonly trusted: TrustedIssuerConfig;
  readonly claims: JWTPayload;
}

/**
 * Whose token it is and that it is whole: the issuer that it names must be one of the configuration, and a key of that very
 * issuer must have signed it with an algorithm of that issuer. What it says is judged elsewhere.
 */
export async function verifyTrustedToken(
  { issuers, keys, clock }: TrustedTokenPorts,
  token: string,
  { type, refusal }: ExpectedToken,
): Promise<Result<VerifiedToken>> {
  if (token.length > longestToken) return refused(refusal, `it is longer than ${longestToken} characters`);
  try {
    // Read before it is believed, to know whom to ask; whatever is wrong with that, the signature shows.
    const issuer = decodeJwt(token).iss;
    const trusted = issuers.find((each) => each.issuer === issuer);
    if (!trusted) return refused(refusal, `${harmless(issuer ?? 'no issuer')} is not one of trusted_issuers`);
    const { payload, protectedHeader } = await jwtVerify(token, keys.of(trusted), {
      issuer: trusted.issuer,
      // RFC 8725 §3.1: the algorithms are ours to say: none with a shared secret, and never `none`.
      algorithms: [...trusted.algorithms],
      clockTolerance: issuerClockAhead,
      currentDate: new Date(clock.now()),
    });
    const typ = protectedHeader.typ?.toLowerCase().replace(/^application\//, '');
    // RFC 8725 §3.11: an access token (at+jwt) or a notice has the same keys, and says in its header what it is.
    if (typ !== undefined && typ !== 'jwt' && typ !== type)
      return refused(refusal, `its typ is ${harmless(typ)}`);
    return accepted({ trusted, claims: payload });
  } catch (error) {
    if (error instanceof IssuerUnavailable) return refused('issuer_unavailable', error.message);
    if (error instanceof errors.JOSEError) return refused(refusal, `${error.code}: ${error.message}`);
    throw error;
  }
}
