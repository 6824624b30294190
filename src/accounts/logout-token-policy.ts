import { isRecord } from '../lib/json.js';
import { accepted, refused, type Result } from '../lib/result.js';
import { issuerClockAhead } from './subject-token-policy.js';

/** OpenID Connect Back-Channel Logout 1.0 §2.4 */
export const logoutEvent = 'http://schemas.openid.net/event/backchannel-logout';

/** Seconds for which a logout token is taken, whatever its `exp`: as long as its `jti` is remembered. */
export const logoutTokenLife = 3600;

/** Who is logged out: one session, or everything of a person. */
export interface SourceLogout {
  readonly issuer: string;
  readonly subject: string | undefined;
  readonly sid: string | undefined;
  readonly jti: string;
  /** Seconds since the epoch. */
  readonly issuedAt: number;
}

/** What a logout token with a good signature says (Back-Channel Logout 1.0 §2.6, steps 3 to 7), or why it is none. */
export function judgeLogoutToken(
  claims: Readonly<Record<string, unknown>>,
  {
    issuer,
    audiences,
    subject_claim: name,
  }: { readonly issuer: string; readonly audiences: readonly string[]; readonly subject_claim: string },
  now: number,
): Result<SourceLogout> {
  const { aud, iat, exp, jti, events, sid, nonce } = claims;
  const wrong = (detail: string) => refused('logout_token_rejected', detail);
  if (![aud].flat().some((each) => typeof each === 'string' && audiences.includes(each))) {
    return wrong('it has no audience of ours');
  }
  if (typeof iat !== 'number' || typeof exp !== 'number') return wrong('it has no iat or no exp');
  if (iat > now + issuerClockAhead) return wrong('its iat lies in the future');
  if (iat + logoutTokenLife < now) return wrong(`it is older than ${logoutTokenLife} seconds`);
  if (typeof jti !== 'string' || jti === '') return wrong('it has no jti');
  // The event says that this is a logout token; without it, any ID token would log its owner out.
  if (!isRecord(events) || !isRecord(events[logoutEvent])) return wrong('it has no logout event');
  if (nonce !== undefined) return wrong('it has a nonce, as ID tokens have');
  const subject = textOf(claims[name]);
  const session = textOf(sid);
  if (subject === undefined && session === undefined) return wrong(`it has neither ${name} nor sid`);
  return accepted({ issuer, subject, sid: session, jti, issuedAt: iat });
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' && value.length <= 255 ? value : undefined;
}
