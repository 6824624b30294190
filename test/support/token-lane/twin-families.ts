import type { AccountId } from '../../../src/accounts/account.js';
import { epochSeconds } from '../../../src/lib/clock.js';
import { sha256 } from '../../../src/lib/hashing.js';
import { newAccessToken, newRefreshToken } from '../../../src/lib/opaque-token.js';
import { systemRandom } from '../../../src/lib/random.js';
import { sealSuccessor } from '../../../src/provider/refresh-successor.js';
import type { Storage } from '../../../src/storage/storage.js';
import { gatewayA, gatewayB, jwtGateway } from '../clients.js';
import type { MovableClock } from '../clock.js';
import { accessToken, grant, refreshToken, session, sessionSave, unique } from '../records.js';
import type { Draw } from './random-cases.js';

/** What a refresh token is like, and what has become of it. */
export interface FamilyPlan {
  readonly clientId: string;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly grantPayload: Readonly<Record<string, unknown>>;
  readonly bound: boolean;
  readonly withSession: boolean;
  readonly withDevice: boolean;
  readonly ends: 'later' | 'before' | 'with its grant';
  readonly fate: Fate;
}

const fates = [
  'used a moment ago',
  'used a moment ago',
  'used long ago',
  'grant revoked',
  'session ended',
  'client revoked',
  'device revoked',
  'key revoked',
  'account revoked',
  'account disabled',
] as const;

type Fate = 'untouched' | (typeof fates)[number];

export function planFamily(draw: Draw, clientId: string, now: number): FamilyPlan {
  const openid = draw.chance(0.6) ? ['openid'] : [];
  const scope = [
    ...openid,
    ...draw.of(['offline_access'], ['profile', 'email'], []),
    'model:call',
    'model:read',
  ];
  const others = [undefined, undefined, gatewayB, jwtGateway, [gatewayA]] as const;
  const resource = draw.chance(0.75) ? gatewayA : draw.of<string | readonly string[] | undefined>(...others);
  return {
    clientId,
    payload: {
      scope: scope.join(' '),
      gty: draw.of('authorization_code', 'authorization_code refresh_token'),
      rotations: draw.of(0, 3),
      iiat: now - draw.of(10, 1000),
      ...(resource === undefined ? {} : { resource }),
      ...draw.of({ acr: 'urn:holdfast:acr:phr', amr: ['pop', 'user'], authTime: now - 100 }, {}),
      ...draw.of({ nonce: 'n-0S6', sid: 'a-sid' }, {}),
      ...draw.of({}, {}, {}, {}, {}, { claims: { id_token: { email: null } } }),
    },
    grantPayload: {
      openid: { scope: draw.of(scope.join(' '), 'openid email') },
      resources: { [gatewayA]: draw.of('model:call model:read', 'model:read'), [jwtGateway]: 'jwt:call' },
      ...draw.of({}, {}, { rejected: { openid: { scope: 'email', claims: ['name'] } } }),
    },
    bound: draw.chance(0.95),
    withSession: draw.chance(0.4),
    withDevice: draw.chance(0.5),
    ends: draw.chance(0.92) ? 'later' : draw.of('before', 'with its grant'),
    fate: draw.chance(0.6) ? 'untouched' : draw.of(...fates),
  };
}

interface World {
  readonly storage: Storage;
  readonly clock: MovableClock;
  readonly accountId: AccountId;
  readonly jkt: string;
}

/** Stores a family as planned; two of one plan differ in nothing but their names. */
export async function storeFamilyAs(
  { storage, clock, accountId, jkt }: World,
  plan: FamilyPlan,
): Promise<{ readonly refreshToken: string; readonly grantId: string }> {
  const now = epochSeconds(clock);
  const [grantId, sessionUid] = [unique('grant'), unique('session')];
  const { clientId } = plan;
  const expiresAt = plan.ends === 'with its grant' ? now : now + 86_400;
  const payload = { ...plan.grantPayload, accountId, clientId, iat: now - 10, exp: expiresAt, kind: 'Grant' };
  await storage.grants.save(grant(clock, { id: grantId, clientId, accountId, expiresAt, payload }));
  const signedInAt = new Date(clock.now());
  await storage.sessions.save(
    session(clock, { uid: sessionUid, accountId }),
    sessionSave(clock, { signedInAt }),
  );
  const family = {
    accountId,
    clientId,
    grantId,
    ...(plan.withSession ? { sessionUid } : { sessionUid: undefined }),
  };
  if (plan.withDevice) {
    const login = accessToken(clock, family as never, { jkt, ofLogin: true });
    await storage.accessTokens.insert({
      ...login,
      digest: sha256(newAccessToken(systemRandom, login.expiresAt)),
    });
  }
  const value = newRefreshToken(systemRandom);
  await storage.refreshTokens.insert(
    refreshToken(clock, family as never, {
      digest: sha256(value),
      jkt: plan.bound ? jkt : undefined,
      issuedAt: now - 10,
      expiresAt: plan.ends === 'before' ? now : now + 80_000,
      payload: {
        ...plan.payload,
        ...(plan.withSession ? { sessionUid, expiresWithSession: true } : { expiresWithSession: false }),
      },
    }),
  );
  const usedAt = { 'used a moment ago': 3, 'used long ago': 30 }[plan.fate as string];
  if (usedAt !== undefined) {
    const sealed = await sealSuccessor(value, newRefreshToken(systemRandom));
    await storage.refreshTokens.consume(sha256(value), sealed, new Date(clock.now() - usedAt * 1000));
  }
  if (plan.fate === 'grant revoked') await storage.grants.revoke(grantId, signedInAt);
  if (plan.fate === 'session ended') await storage.sessions.end(sessionUid, signedInAt);
  return { refreshToken: value, grantId };
}

/** What befalls both of a pair at once, because it is of what they share. */
export async function meetFate(
  { storage, clock, accountId, jkt }: World,
  { fate, clientId }: FamilyPlan,
): Promise<void> {
  const at = new Date(clock.now());
  if (fate === 'client revoked') await storage.clients.revoke(clientId);
  if (fate === 'key revoked') await storage.revokedKeys.revoke(jkt, at);
  if (fate === 'account revoked') await storage.accounts.revoke(accountId);
  if (fate === 'account disabled') await storage.accounts.disable(accountId, at);
  if (fate !== 'device revoked') return;
  for (const { id } of await storage.devices.listOf(accountId)) await storage.devices.revoke(id, at);
}
