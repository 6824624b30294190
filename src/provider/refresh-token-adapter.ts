import type { Adapter, AdapterPayload } from 'oidc-provider';
import type { Config } from '../config/schema.js';
import { sha256 } from '../lib/hashing.js';
import { parseOpaqueToken } from '../lib/opaque-token.js';
import { withoutUndefined } from './access-token-adapter.js';
import { grantRefused } from './provider-error.js';
import type { FoundRefreshToken, RefreshTokenRecord, RefreshTokenStore } from './refresh-token-store.js';

const columns = new Set([
  'jti',
  'kind',
  'clientId',
  'accountId',
  'grantId',
  'jkt',
  'x5t#S256',
  'iat',
  'exp',
  'consumed',
]);

/** Counted from the first of the family, or rotating would make it immortal. A life is at least a second. */
export function refreshTokenLife(
  { refresh_token: life }: Pick<Config['lifetimes'], 'refresh_token'>,
  firstIssuedAt: number | undefined,
  now: number,
): number {
  return Math.max(1, life - (firstIssuedAt === undefined ? 0 : now - firstIssuedAt));
}

export function refreshTokenRecord(digest: Buffer, payload: AdapterPayload): RefreshTokenRecord {
  return {
    digest,
    clientId: payload.clientId as string,
    accountId: payload.accountId as string,
    grantId: payload.grantId as string,
    sessionUid: payload.expiresWithSession === true ? payload.sessionUid : undefined,
    jkt: payload['jkt'] as string | undefined,
    certificate: payload['x5t#S256'] as string | undefined,
    issuedAt: payload.iat as number,
    expiresAt: payload.exp as number,
    payload: Object.fromEntries(Object.entries(payload).filter(([name]) => !columns.has(name))),
  };
}

/** The payload as oidc-provider's RefreshToken model wants it; whether it was used is the grant handler's business. */
export function refreshTokenPayload(found: FoundRefreshToken, value: string): AdapterPayload {
  return withoutUndefined({
    ...found.payload,
    jti: value,
    kind: 'RefreshToken',
    clientId: found.clientId,
    accountId: found.accountId,
    grantId: found.grantId,
    jkt: found.jkt,
    'x5t#S256': found.certificate,
    iat: found.issuedAt,
    exp: found.expiresAt,
  });
}

/** What oidc-provider's own code needs of refresh tokens: to save new ones. Refreshing is refresh-grant.ts. */
export function refreshTokenAdapter(store: RefreshTokenStore): Pick<Adapter, 'upsert' | 'find'> {
  return {
    async upsert(id, payload) {
      const inserted = await store.insert(refreshTokenRecord(sha256(id), payload));
      if (!inserted)
        throw grantRefused('grant_invalid', 'what the refresh token hangs on was revoked meanwhile');
    },
    async find(id) {
      if (parseOpaqueToken(id)?.kind !== 'refresh_token') return undefined;
      const found = await store.find(sha256(id));
      if (!found?.alive || found.consumedAt) return undefined;
      return refreshTokenPayload(found, id);
    },
  };
}
