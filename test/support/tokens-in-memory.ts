import type { AccessTokenRecord, AccessTokenStore } from '../../src/provider/access-token-store.js';
import type { GrantStore } from '../../src/provider/grant-store.js';
import type { RefreshTokenRecord, RefreshTokenStore } from '../../src/provider/refresh-token-store.js';

/** Token stores for policies and services: a grant's revocation kills what hangs on it. Counts its statements. */
export function tokensInMemory() {
  const accessTokens = new Map<string, AccessTokenRecord>();
  const refreshTokens = new Map<
    string,
    RefreshTokenRecord & { consumedAt?: Date; sealedSuccessor?: string }
  >();
  const revokedTokens = new Set<string>();
  const revokedGrants = new Set<string>();
  const held = new Map<string, Date>();
  const statements: string[] = [];
  const name = (digest: Uint8Array) => Buffer.from(digest).toString('hex');
  const grantAlive = (grantId: string | undefined) => grantId === undefined || !revokedGrants.has(grantId);

  const access: AccessTokenStore = {
    insert(record) {
      accessTokens.set(name(record.digest), record);
      return Promise.resolve(true);
    },
    find(digest, bucket) {
      statements.push('access_token.find');
      const found = accessTokens.get(name(digest));
      if (found?.bucket !== bucket) return Promise.resolve(undefined);
      const alive = !revokedTokens.has(name(digest)) && grantAlive(found.grantId);
      const paidTiersHeldUntil = held.get(found.accountId ?? '');
      const known = { clientSource: 'database' as const, deviceId: undefined, paidTiersHeldUntil };
      return Promise.resolve({ ...found, alive, ...known });
    },
    revoke(digest) {
      statements.push('access_token.revoke');
      revokedTokens.add(name(digest));
      return Promise.resolve();
    },
  };
  const refresh: RefreshTokenStore = {
    insert(record) {
      refreshTokens.set(name(record.digest), record);
      return Promise.resolve(true);
    },
    find(digest) {
      statements.push('refresh_token.find');
      const found = refreshTokens.get(name(digest));
      const facts = { consumedAt: found?.consumedAt, sealedSuccessor: found?.sealedSuccessor };
      return Promise.resolve(found && { ...found, ...facts, alive: grantAlive(found.grantId) });
    },
    stands: () => Promise.resolve(true),
    consume(digest, sealedSuccessor, at) {
      const found = refreshTokens.get(name(digest));
      if (!found || found.consumedAt) return Promise.resolve(false);
      refreshTokens.set(name(digest), { ...found, consumedAt: at, sealedSuccessor });
      return Promise.resolve(true);
    },
  };
  const grants: Pick<GrantStore, 'revoke'> = {
    revoke(id) {
      statements.push('grant.revoke');
      const moved = !revokedGrants.has(id);
      revokedGrants.add(id);
      return Promise.resolve(moved);
    },
  };
  /** Shuts paid tiers for an account. */
  const hold = (accountId: string, until: Date): void => void held.set(accountId, until);
  return { accessTokens: access, refreshTokens: refresh, grants, statements, hold };
}
