import { decodeJwt } from 'jose';
import type { AccountId } from '../accounts/account.js';
import type { AccountStore } from '../accounts/account-store.js';
import type { DeviceId } from '../binding/device.js';
import type { DeviceStore } from '../binding/device-store.js';
import type { RevokedKeyStore } from '../binding/revoked-key-store.js';
import type { Clock } from '../lib/clock.js';
import { sha256 } from '../lib/hashing.js';
import { bucketOf, parseOpaqueToken } from '../lib/opaque-token.js';
import type { SecurityEvents } from '../observability/events.js';
import { jwtDigest } from '../provider/access-token-adapter.js';
import type { AccessTokenStore } from '../provider/access-token-store.js';
import type { ClientStore } from '../provider/client-store.js';
import type { Epoch, EpochStore } from '../provider/epoch-store.js';
import type { GrantStore } from '../provider/grant-store.js';
import type { RefreshTokenStore } from '../provider/refresh-token-store.js';
import type { SessionStore } from '../provider/session-store.js';
import type { RevocationLevel } from './revocation-level.js';

export interface LevelRevocationPorts {
  readonly stores: {
    readonly accessTokens: Pick<AccessTokenStore, 'find' | 'revoke'>;
    readonly refreshTokens: Pick<RefreshTokenStore, 'find'>;
    readonly grants: Pick<GrantStore, 'revoke'>;
    readonly sessions: Pick<SessionStore, 'end'>;
    readonly devices: Pick<DeviceStore, 'revoke'>;
    readonly revokedKeys: Pick<RevokedKeyStore, 'revoke'>;
    readonly clients: Pick<ClientStore, 'revoke'>;
    readonly accounts: Pick<AccountStore, 'revoke'>;
    readonly epochs: Pick<EpochStore, 'begin'>;
  };
  readonly events: Pick<SecurityEvents, 'revoked'>;
  readonly clock: Clock;
}

/** What died: a refresh token takes the whole grant along. */
export interface Ended {
  readonly level: RevocationLevel;
  readonly id: string;
}

/**
 * Each level is one move of one generation, however much hangs on it; the database logs it by itself. When this
 * resolves, it is committed: nothing that hangs on it is answered positively from then on, on no node (law 3).
 * Undefined when there is nothing of that name that lives.
 *
 * @param name the id; of a key its thumbprint (RFC 7638, or x5t#S256), of a token its value
 */
export async function revokeAt(
  ports: LevelRevocationPorts,
  level: RevocationLevel,
  name: string,
): Promise<Ended | undefined> {
  const { stores, clock } = ports;
  const at = new Date(clock.now());
  const moved = async (by: Promise<boolean>) => ((await by) ? { level, id: name } : undefined);
  const ended = await {
    token: () => revokeToken(ports, name, at),
    grant: () => moved(stores.grants.revoke(name, at)),
    session: () => moved(stores.sessions.end(name, at)),
    device: () => moved(stores.devices.revoke(name as DeviceId, at)),
    key: () => moved(stores.revokedKeys.revoke(name, at)),
    client: () => moved(stores.clients.revoke(name)),
    account: () => moved(stores.accounts.revoke(name as AccountId)),
  }[level]();
  if (ended) ports.events.revoked({ what: ended.level, id: ended.id });
  return ended;
}

/**
 * After an incident, or when a backup brought back what was revoked since: everything that is older than this moment, or
 * that was issued before `issuedBefore`, and what was made of it. One row in the table of epochs.
 */
export async function revokeEverything(
  { stores, events, clock }: LevelRevocationPorts,
  issuedBefore: Date | undefined,
): Promise<Epoch> {
  const epoch = await stores.epochs.begin(issuedBefore, new Date(clock.now()));
  events.revoked({ what: 'everything', id: `epoch ${epoch.number}` });
  return epoch;
}

async function revokeToken(
  { stores }: LevelRevocationPorts,
  value: string,
  at: Date,
): Promise<Ended | undefined> {
  const opaque = parseOpaqueToken(value);
  if (opaque?.kind === 'refresh_token') {
    const found = await stores.refreshTokens.find(sha256(value));
    const ended = found && (await stores.grants.revoke(found.grantId, at));
    return ended ? { level: 'grant', id: found.grantId } : undefined;
  }
  const place = opaque ? { digest: sha256(value), bucket: opaque.bucket } : placeOfJwt(value);
  if (!place) return undefined;
  const found = await stores.accessTokens.find(place.digest, place.bucket);
  if (!found?.alive) return undefined;
  await stores.accessTokens.revoke(place.digest, place.bucket, at);
  // Enough to find it again in the log, too little to be a credential.
  return { level: 'token', id: place.digest.toString('hex').slice(0, 16) };
}

/** Unverified: the operator is believed, and all that a made-up one could do is to name a token of ours. */
function placeOfJwt(value: string): { readonly digest: Buffer; readonly bucket: number } | undefined {
  try {
    const { jti, exp } = decodeJwt(value);
    if (jti === undefined || exp === undefined || !Number.isSafeInteger(exp)) return undefined;
    return { digest: jwtDigest(jti), bucket: bucketOf(exp) };
  } catch {
    return undefined;
  }
}
