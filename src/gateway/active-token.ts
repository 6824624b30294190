import { isRecord } from '../lib/json.js';
import { accepted, refused, type Result } from '../lib/result.js';

/** What the authorization server says of a token that is alive, bound, and meant for this resource server. */
export interface ActiveToken {
  /** The person, or absent where the client acts for itself. */
  readonly subject?: string;
  /** Empty of a bearer credential of before, which is of no client. */
  readonly clientId: string;
  readonly scopes: ReadonlySet<string>;
  readonly audiences: readonly string[];
  /** Thumbprint of the only key that may use it (`cnf.jkt`). Absent of a bearer credential of before alone. */
  readonly jkt?: string;
  readonly acr?: string;
  /** Seconds since the epoch. */
  readonly authenticatedAt?: number;
  readonly expiresAt?: number;
}

/**
 * Reads an introspection answer (RFC 7662 §2.2) and keeps what the gateway decides by.
 * `token_inactive` for any token that is not alive, bound and for us.
 */
export function readActiveToken(
  answer: Readonly<Record<string, unknown>>,
  { issuer, resource }: { readonly issuer: string; readonly resource: string },
): Result<ActiveToken> {
  if (answer['active'] !== true) return refused('token_inactive', 'the authorization server says inactive');
  if (answer['iss'] !== undefined && answer['iss'] !== issuer) {
    return refused('token_inactive', 'issued by another issuer');
  }
  // RFC 9700 §2.3, RFC 8707 §2: a resource server refuses a token that was made for another audience.
  const audiences = [answer['aud']].flat().filter((audience) => typeof audience === 'string');
  if (!audiences.includes(resource)) return refused('token_inactive', 'made for another resource');

  const { client_id: clientId, sub, scope, acr, auth_time: authenticatedAt, exp } = answer;
  if (typeof clientId !== 'string') return refused('token_inactive', 'the answer names no client');
  // RFC 9449 §6.2: the binding of a token is the member jkt of cnf. Law 1: a token without one can't spend.
  const jkt = readThumbprint(answer['cnf']);
  if (jkt === undefined) return refused('token_inactive', 'the token is bound to no key');
  return accepted({
    clientId,
    jkt,
    audiences,
    scopes: new Set(typeof scope === 'string' ? scope.split(' ').filter(Boolean) : []),
    ...(typeof sub === 'string' && { subject: sub }),
    ...(typeof acr === 'string' && { acr }),
    ...(typeof authenticatedAt === 'number' && { authenticatedAt }),
    ...(typeof exp === 'number' && { expiresAt: exp }),
  });
}

/** What /calls says of a bearer credential of before, where it was asked about one. */
export function readLegacyCaller(legacy: unknown, resource: string): Result<ActiveToken> {
  const { sub, scope, exp } = isRecord(legacy) ? legacy : {};
  if (typeof sub !== 'string' || typeof exp !== 'number') {
    return refused('token_inactive', 'the authorization server knows no such credential');
  }
  const scopes = new Set(typeof scope === 'string' ? scope.split(' ').filter(Boolean) : []);
  return accepted({ subject: sub, clientId: '', audiences: [resource], scopes, expiresAt: exp });
}

/** As above, for a call that was proven with the key `jkt`. */
export function readProvenToken(
  answer: Readonly<Record<string, unknown>>,
  { jkt, ...place }: { readonly issuer: string; readonly resource: string; readonly jkt: string },
): Result<ActiveToken> {
  const token = readActiveToken(answer, place);
  return token.ok ? checkKey(token.value, jkt) : token;
}

/** RFC 9449 §4.3 check 12: the key that the token is bound to is the key of the proof. */
export function checkKey(token: ActiveToken, jkt: string): Result<ActiveToken> {
  return token.jkt === jkt ? accepted(token) : refused('token_wrong_key');
}

function readThumbprint(confirmation: unknown): string | undefined {
  const jkt = isRecord(confirmation) ? confirmation['jkt'] : undefined;
  return typeof jkt === 'string' && jkt !== '' ? jkt : undefined;
}
