import type { TrustedIssuerConfig } from '../config/trusted-issuers.js';
import { harmless } from '../lib/harmless.js';
import { isRecord } from '../lib/json.js';
import { accepted, refused, type Result } from '../lib/result.js';
import type { SubjectToken } from './subject-token.js';
import { readUpstreamPerson } from './upstream-person-policy.js';

type Claims = Readonly<Record<string, unknown>>;
export type SubjectTokenType = 'id_token' | 'jwt';

/** Seconds by which an issuer's clock may be ahead of ours. */
export const issuerClockAhead = 10;

/** What a verified token of `trusted` stands for, or why it is not taken. `token` is what was presented. */
export function judgeSubjectToken(
  claims: Claims,
  { token, type, now }: { readonly token: string; readonly type: SubjectTokenType; readonly now: number },
  trusted: TrustedIssuerConfig,
): Result<SubjectToken> {
  const problem =
    kindProblem(claims, type) ??
    audienceProblem(claims, type, trusted) ??
    ageProblem(claims, trusted, now) ??
    ruleProblem(claims, trusted);
  if (problem !== undefined) return refused('subject_token_rejected', problem);
  const person = readUpstreamPerson({ ...claims, sub: claims[trusted.subject_claim] }, trusted);
  if (!person.ok) return refused('subject_token_rejected', `${trusted.subject_claim} names nobody`);
  if (trusted.require_verified_email && person.value.email === undefined) {
    return refused('subject_token_rejected', 'the e-mail address is not verified');
  }
  const { iat, exp, jti, sid } = claims;
  const issuedAt = Number(iat);
  return accepted({
    issuer: trusted.issuer,
    issuerName: trusted.name,
    person: { ...person.value, authTime: earliest(person.value.authTime, now) },
    sid: typeof sid === 'string' && sid !== '' && sid.length <= 255 ? sid : undefined,
    issuedAt,
    goodUntil: Math.min(Number(exp), issuedAt + trusted.max_age) + issuerClockAhead,
    identity: typeof jti === 'string' && jti !== '' ? `jti ${jti}` : `signed ${signedPartOf(token)}`,
    key: keyOf(claims, trusted),
  });
}

/**
 * RFC 7515 §5.1: what was signed. Not with the signature: base64url has spare bits, and of ECDSA there are two for each, so
 * whoever copied a token could write it anew, as one that nobody has used (law 2).
 */
function signedPartOf(token: string): string {
  return token.slice(0, token.lastIndexOf('.'));
}

/** Law 5: an older sign-in there is no new one here, and none lies in the future. */
function earliest(authTime: number | undefined, now: number): number | undefined {
  return authTime === undefined || !Number.isSafeInteger(authTime) || authTime < 0
    ? undefined
    : Math.min(authTime, now);
}

/** RFC 8725 §3.12: what was made for another purpose has the same issuer and keys, and must not pass for it. */
function kindProblem(claims: Claims, type: SubjectTokenType): string | undefined {
  const { events, typ, token_use: use } = claims;
  if (events !== undefined) return 'a token with events is a notice, no ID token';
  if (typ !== undefined && typ !== 'ID' && typ !== 'JWT') return `its claim typ is ${told(typ)}`;
  if (use !== undefined && use !== 'id') return `its token_use is ${told(use)}`;
  if (type === 'id_token' && (claims['scope'] !== undefined || claims['scp'] !== undefined)) {
    return 'a token with a scope is an access token, no ID token';
  }
  return undefined;
}

/**
 * OIDC Core §3.1.3.7 (3-5): the audience is ours and contains nobody whom we don't trust, and `azp` is one of ours. A
 * session token may have no audience; then the party that it was made for must be named.
 */
function audienceProblem(
  { aud, azp }: Claims,
  type: SubjectTokenType,
  { audiences, authorized_parties: parties }: TrustedIssuerConfig,
): string | undefined {
  const all: readonly unknown[] = aud === undefined ? [] : [aud].flat();
  if (all.length === 0 && (type === 'id_token' || parties === undefined)) return 'it has no audience';
  const foreign = all.find((each) => typeof each !== 'string' || !audiences.includes(each));
  if (foreign !== undefined) return `${told(foreign)} is no audience of ours`;
  if (azp === undefined) {
    if (parties !== undefined && all.length === 0) return 'it has neither audience nor azp';
    return all.length > 1 ? 'it has several audiences and no azp' : undefined;
  }
  const allowed = parties ?? audiences;
  return typeof azp === 'string' && allowed.includes(azp) ? undefined : `azp is ${told(azp)}`;
}

function ageProblem(
  { iat, exp }: Claims,
  { max_age: maxAge }: TrustedIssuerConfig,
  now: number,
): string | undefined {
  // OIDC Core §2: both are REQUIRED. jose has judged exp and nbf by now.
  if (typeof iat !== 'number' || typeof exp !== 'number') return 'it has no iat or no exp';
  if (iat > now + issuerClockAhead) return 'its iat lies in the future';
  return iat + maxAge + issuerClockAhead < now ? `it is older than ${maxAge} seconds (max_age)` : undefined;
}

function ruleProblem(claims: Claims, { claims: rules, tenant }: TrustedIssuerConfig): string | undefined {
  if (tenant !== undefined && claims['tid'] !== tenant) return 'tid is not the tenant of its issuer';
  const broken = rules.find(({ claim, equals, one_of: oneOf }) => {
    const value = Object.hasOwn(claims, claim) ? claims[claim] : undefined;
    return equals === undefined ? !(oneOf ?? []).some((each) => each === value) : value !== equals;
  });
  return broken && `the claim ${broken.claim} is not as trusted_issuers demands`;
}

function told(value: unknown): string {
  return typeof value === 'string' ? harmless(value) : typeof value;
}

/** RFC 7800 §3.1, RFC 9449 §6.1; or the nonce that the client chose to be its key's thumbprint. */
function keyOf({ cnf, nonce }: Claims, { key_in_nonce: inNonce }: TrustedIssuerConfig): string | undefined {
  if (inNonce) return typeof nonce === 'string' ? nonce : '';
  if (cnf === undefined) return undefined;
  const jkt = isRecord(cnf) ? cnf['jkt'] : undefined;
  return typeof jkt === 'string' ? jkt : '';
}
