import type { AdapterPayload } from 'oidc-provider';
import { sha256 } from '../lib/hashing.js';
import { bucketOf, parseOpaqueToken } from '../lib/opaque-token.js';
import type { AccessTokenRecord, AccessTokenStore, FoundAccessToken } from './access-token-store.js';
import { exchangeOrigin } from './exchange-issue.js';
import { grantRefused } from './provider-error.js';

type Kind = AccessTokenRecord['kind'];

/** What stands in columns; the rest of the payload is kept as JSON. */
const columns = new Set([
  'jti',
  'kind',
  'format',
  'clientId',
  'accountId',
  'grantId',
  'jkt',
  'x5t#S256',
  'scope',
  'aud',
  'iat',
  'exp',
]);

/** As oidc-provider writes it; what is refreshed says `refresh_token` as well. */
const grantsOfLogins = new Set(['authorization_code', 'ciba', exchangeOrigin]);

/** The key under which a JWT access token is recorded. */
export function jwtDigest(jti: string): Buffer {
  return sha256(`jwt:${jti}`);
}

/** Records an access token that oidc-provider is about to hand out. Throws invalid_grant when its grant died meanwhile. */
export async function recordAccessToken(
  store: AccessTokenStore,
  kind: Kind,
  digest: Buffer,
  payload: AdapterPayload,
): Promise<void> {
  const inserted = await store.insert(accessTokenRecord(kind, digest, payload));
  if (!inserted) throw grantRefused('grant_invalid', 'what the token hangs on was revoked meanwhile');
}

export async function findAccessToken(
  store: AccessTokenStore,
  kind: Kind,
  value: string,
): Promise<AdapterPayload | undefined> {
  const parsed = parseOpaqueToken(value);
  if (parsed?.kind !== 'access_token') return undefined;
  const found = await store.find(sha256(value), parsed.bucket);
  if (!found || !found.alive || found.kind !== kind) return undefined;
  return toPayload(found, value);
}

export function accessTokenRecord(kind: Kind, digest: Buffer, payload: AdapterPayload): AccessTokenRecord {
  const extra = (payload['extra'] ?? {}) as { acr?: string; amr?: string[]; auth_time?: number };
  const expiresAt = payload.exp as number;
  return {
    digest,
    bucket: bucketOf(expiresAt),
    kind,
    format: payload['format'] === 'jwt' ? 'jwt' : 'opaque',
    clientId: payload.clientId as string,
    accountId: payload.accountId,
    grantId: payload.grantId,
    sessionUid: payload.expiresWithSession === true ? payload.sessionUid : undefined,
    jkt: payload['jkt'] as string | undefined,
    // RFC 8705 §3.1
    certificate: payload['x5t#S256'] as string | undefined,
    scope: payload.scope,
    audience: payload.aud as string | undefined,
    acr: extra.acr,
    amr: extra.amr,
    authTime: extra.auth_time,
    issuedAt: payload.iat as number,
    expiresAt,
    payload: Object.fromEntries(Object.entries(payload).filter(([name]) => !columns.has(name))),
    loginSessionUid: payload.sessionUid,
    ofLogin: grantsOfLogins.has(payload['gty'] as string),
  };
}

function toPayload(found: FoundAccessToken, value: string): AdapterPayload {
  return withoutUndefined({
    ...found.payload,
    jti: value,
    kind: found.kind,
    clientId: found.clientId,
    accountId: found.accountId,
    grantId: found.grantId,
    jkt: found.jkt,
    'x5t#S256': found.certificate,
    scope: found.scope,
    aud: found.audience,
    iat: found.issuedAt,
    exp: found.expiresAt,
  });
}

export function withoutUndefined(object: Record<string, unknown>): AdapterPayload {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));
}
