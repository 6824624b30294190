import { decodeJwt, type JWTPayload } from 'jose';
import type { Clock } from '../lib/clock.js';
import type { AuthorizationDetails } from './challenge.js';
import { ProviderUntrusted } from './client-error.js';
import type { LoginTokens } from './login-store.js';
import type { ProviderAnswer } from './provider.js';

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

/** Reads a token response (RFC 6749 §5.1); what it leaves out of a refresh stays as it was `before`. */
export function readTokens(answer: ProviderAnswer, clock: Clock, before?: LoginTokens): LoginTokens {
  const accessToken = textOf(answer['access_token']);
  // RFC 9449 §5: a token of another type is not bound to the key, whatever was asked for.
  const isBound = textOf(answer['token_type'])?.toLowerCase() === 'dpop';
  if (accessToken === undefined || !isBound) throw new ProviderUntrusted('The provider gave no bound token');
  const lifetime = answer['expires_in'];
  const seconds = typeof lifetime === 'number' && lifetime > 0 ? lifetime : 60;
  const refreshToken = textOf(answer['refresh_token']) ?? before?.refreshToken;
  const idToken = textOf(answer['id_token']) ?? before?.idToken;
  const granted = answer['authorization_details'];
  return {
    accessToken,
    expiresAt: clock.now() + seconds * 1000,
    ...(refreshToken !== undefined && { refreshToken }),
    ...(idToken !== undefined && { idToken }),
    granted: Array.isArray(granted) ? (granted as unknown as AuthorizationDetails) : [],
  };
}

export interface ExpectedIdToken {
  readonly issuer: string;
  readonly clientId: string;
  readonly nonce?: string;
}

/** Seconds that this machine's clock may be wrong. */
const tolerance = 300;

/**
 * The claims of an ID token. It came from the token endpoint itself, so TLS stands for its signature (OIDC Core
 * §3.1.3.7, 6); the claims are compared all the same.
 */
export function readIdToken(idToken: string, expected: ExpectedIdToken, clock: Clock): JWTPayload {
  const claims = claimsOf(idToken);
  const audience = [claims.aud ?? []].flat();
  const authorizedParty = claims['azp'];
  const holds =
    claims.iss === expected.issuer &&
    audience.includes(expected.clientId) &&
    (audience.length === 1 || authorizedParty === expected.clientId) &&
    (expected.nonce === undefined || claims['nonce'] === expected.nonce) &&
    (claims.exp ?? 0) + tolerance > clock.now() / 1000;
  if (!holds) throw new ProviderUntrusted('The ID token is not the one that was asked for');
  return claims;
}

/** Whose login it is, where the provider said so. */
export function subjectOf(idToken: string | undefined): string | undefined {
  return idToken === undefined ? undefined : claimsOf(idToken).sub;
}

function claimsOf(idToken: string): JWTPayload {
  try {
    return decodeJwt(idToken);
  } catch {
    throw new ProviderUntrusted('The ID token can’t be read');
  }
}
