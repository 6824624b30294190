import { randomBytes } from 'node:crypto';
import { type Account, type AccountId, newAccount } from '../../src/accounts/account.js';
import type { Passkey } from '../../src/accounts/passkey.js';
import { epochSeconds, type Clock } from '../../src/lib/clock.js';
import { bucketOf } from '../../src/lib/opaque-token.js';
import type { AccessTokenRecord } from '../../src/provider/access-token-store.js';
import type { ArtifactRecord } from '../../src/provider/artifact-store.js';
import type { GrantRecord } from '../../src/provider/grant-store.js';
import type { RefreshTokenRecord } from '../../src/provider/refresh-token-store.js';
import type { SessionFind, SessionRecord, SessionSave } from '../../src/provider/session-store.js';
import type { Storage } from '../../src/storage/storage.js';

/** A name that no other test uses. */
export function unique(prefix: string): string {
  return `${prefix}_${randomBytes(8).toString('hex')}`;
}

export function digest(): Buffer {
  return randomBytes(32);
}

export function account(clock: Clock, changes: Partial<Account> = {}): Account {
  const createdAt = new Date(clock.now());
  const id = unique('acc') as AccountId;
  return { ...newAccount(id, createdAt), displayName: 'Ada', ...changes };
}

/** What a token hangs on. */
export interface Family {
  readonly accountId: AccountId;
  readonly clientId: string;
  readonly grantId: string;
  readonly sessionUid: string;
}

/** Stores an account, a client, a grant and a session that belong together. */
export async function storeFamily(storage: Storage, clock: Clock): Promise<Family> {
  const { id: accountId } = await storeAccount(storage, clock);
  const clientId = unique('client');
  const grantId = unique('grant');
  const sessionUid = unique('session');
  await storage.clients.declareConfigured([clientId], new Date(clock.now()));
  await storage.grants.save(grant(clock, { id: grantId, clientId, accountId }));
  const signedInAt = new Date(clock.now());
  await storage.sessions.save(
    session(clock, { uid: sessionUid, accountId }),
    sessionSave(clock, { signedInAt }),
  );
  return { accountId, clientId, grantId, sessionUid };
}

export async function storeAccount(storage: Storage, clock: Clock): Promise<Account> {
  const stored = account(clock);
  await storage.accounts.insert(stored);
  return stored;
}

export function grant(
  clock: Clock,
  record: Pick<GrantRecord, 'id' | 'clientId' | 'accountId'> & Partial<GrantRecord>,
): GrantRecord {
  const issuedAt = epochSeconds(clock);
  return { issuedAt, expiresAt: issuedAt + 86_400, payload: { rights: 'some' }, ...record };
}

export function session(
  clock: Clock,
  record: Pick<SessionRecord, 'uid'> & Partial<SessionRecord>,
): SessionRecord {
  const expiresAt = epochSeconds(clock) + 86_400;
  return { digest: digest(), accountId: undefined, expiresAt, payload: { kind: 'Session' }, ...record };
}

/** The session is saved by a request of this moment, which is no login. */
export function sessionSave(clock: Clock, changes: Partial<SessionSave> = {}): SessionSave {
  const at = new Date(clock.now());
  const place = { place: 'HK', browser: 'Chrome on macOS' };
  return {
    at,
    ...place,
    signedInAt: undefined,
    accountGeneration: undefined,
    browserKey: undefined,
    ...changes,
  };
}

export function sessionFind(clock: Clock, changes: Partial<SessionFind> = {}): SessionFind {
  const at = new Date(clock.now());
  return {
    at,
    place: 'HK',
    browser: 'Chrome on macOS',
    idleSeconds: 3600,
    unboundSeconds: 86_400,
    boundTo: undefined,
    ...changes,
  };
}

/** With the longest credential id that there may be. */
export function passkey(clock: Clock, accountId: AccountId, changes: Partial<Passkey> = {}): Passkey {
  return {
    credentialId: randomBytes(1023),
    accountId,
    publicKey: randomBytes(77),
    algorithm: -7,
    signCount: 4_294_967_295,
    backupEligible: true,
    backedUp: false,
    transports: ['internal', 'hybrid'],
    aaguid: '00000000-0000-0000-0000-000000000000',
    name: 'Laptop',
    createdAt: new Date(clock.now()),
    lastUsedAt: undefined,
    attested: true,
    madeBy: 'sign_up',
    stepUpFrom: undefined,
    regressedAt: undefined,
    backupChangedAt: undefined,
    removedAt: undefined,
    ...changes,
  };
}

export function accessToken(
  clock: Clock,
  family: Family,
  changes: Partial<AccessTokenRecord> = {},
): AccessTokenRecord {
  const issuedAt = epochSeconds(clock);
  const expiresAt = changes.expiresAt ?? issuedAt + 300;
  return {
    digest: digest(),
    bucket: bucketOf(expiresAt),
    kind: 'AccessToken',
    format: 'opaque',
    ...family,
    jkt: 'thumbprint',
    certificate: undefined,
    scope: 'chat models',
    audience: 'https://models.example',
    acr: 'urn:holdfast:acr:phr',
    amr: ['pop', 'user'],
    authTime: issuedAt - 5,
    issuedAt,
    expiresAt,
    payload: { gty: 'authorization_code', nested: { list: [1, 'zwei', null] } },
    ...changes,
  };
}

export function refreshToken(
  clock: Clock,
  family: Family,
  changes: Partial<RefreshTokenRecord> = {},
): RefreshTokenRecord {
  const issuedAt = epochSeconds(clock);
  return {
    digest: digest(),
    ...family,
    jkt: 'thumbprint',
    certificate: undefined,
    issuedAt,
    expiresAt: issuedAt + 86_400,
    payload: { gty: 'authorization_code' },
    ...changes,
  };
}

export function artifact(clock: Clock, changes: Partial<ArtifactRecord> = {}): ArtifactRecord {
  return {
    model: 'AuthorizationCode',
    digest: digest(),
    grantId: undefined,
    userCode: undefined,
    uid: undefined,
    expiresAt: epochSeconds(clock) + 60,
    payload: { kind: 'AuthorizationCode' },
    ...changes,
  };
}
