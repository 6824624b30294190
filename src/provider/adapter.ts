import type { Adapter, AdapterFactory, AdapterPayload } from 'oidc-provider';
import { epochSeconds, type Clock } from '../lib/clock.js';
import { sha256 } from '../lib/hashing.js';
import type { AccessTokenRecord, AccessTokenStore } from './access-token-store.js';
import { findAccessToken, recordAccessToken } from './access-token-adapter.js';
import { artifactAdapter } from './artifact-adapter.js';
import type { ArtifactModel, ArtifactStore } from './artifact-store.js';
import type { ClientStore } from './client-store.js';
import type { GrantStore } from './grant-store.js';
import { throughStore } from './provider-error.js';
import { refreshTokenAdapter } from './refresh-token-adapter.js';
import type { RefreshTokenStore } from './refresh-token-store.js';
import { sessionAdapter, type SessionPorts } from './session-adapter.js';
import type { SessionStore } from './session-store.js';

export interface ProviderStores {
  readonly accessTokens: AccessTokenStore;
  readonly refreshTokens: RefreshTokenStore;
  readonly artifacts: ArtifactStore;
  readonly grants: GrantStore;
  readonly sessions: SessionStore;
  readonly clients: ClientStore;
}

/** oidc-provider's storage, model by model, on our stores. No id that is a credential is kept in clear (law 7). */
export function createAdapterFactory(
  stores: ProviderStores,
  ports: Omit<SessionPorts, 'sessions'>,
  sealingKey: Uint8Array,
): AdapterFactory {
  const { clock } = ports;
  return (model) => guarded(unexpired({ ...unsupported(model), ...adapterOf(model) }, model, clock));

  function adapterOf(model: string): Partial<Adapter> {
    switch (model) {
      case 'AccessToken':
      case 'ClientCredentials':
        return accessTokenAdapter(stores.accessTokens, model);
      case 'RefreshToken':
        return { ...refreshTokenAdapter(stores.refreshTokens), revokeByGrantId: (id) => revokeGrant(id) };
      case 'Grant':
        return grantAdapter();
      case 'Session':
        return sessionAdapter({ ...ports, sessions: stores.sessions }, sealingKey);
      case 'Client':
        return {
          find: async (id) => (await stores.clients.find(id))?.metadata as AdapterPayload | undefined,
        };
      default:
        return artifactAdapter(model as ArtifactModel, stores.artifacts, clock, sealingKey);
    }
  }

  async function revokeGrant(id: string): Promise<void> {
    await stores.grants.revoke(id, new Date(clock.now()));
  }

  function grantAdapter(): Partial<Adapter> {
    return {
      async upsert(id, payload) {
        const { accountId = '', clientId = '' } = payload;
        const [issuedAt, expiresAt] = [payload.iat as number, payload.exp as number];
        await stores.grants.save({ id, clientId, accountId, issuedAt, expiresAt, payload });
      },
      async find(id) {
        const grant = await stores.grants.find(id);
        return grant ? ({ ...grant.payload, jti: id } as AdapterPayload) : undefined;
      },
      destroy: revokeGrant,
    };
  }

  function accessTokenAdapter(store: AccessTokenStore, kind: AccessTokenRecord['kind']): Partial<Adapter> {
    return {
      upsert: (id, payload) => recordAccessToken(store, kind, sha256(id), payload),
      find: (id) => findAccessToken(store, kind, id),
      revokeByGrantId: revokeGrant,
    };
  }
}

/** A call that no path of ours should make is our bug, and loud. */
function unsupported(model: string): Adapter {
  const fail = (operation: string) => async (): Promise<never> => {
    throw new Error(`${model} does not support ${operation}`);
  };
  return {
    upsert: fail('upsert'),
    find: async () => undefined,
    findByUid: async () => undefined,
    findByUserCode: async () => undefined,
    consume: fail('consume'),
    destroy: fail('destroy'),
    revokeByGrantId: async () => undefined,
  };
}

/** Models that oidc-provider itself takes for expired only after its tolerance for the clocks of clients. */
const ofOurOwnClock = ['Session', 'Interaction', 'AccessToken', 'ClientCredentials'];

/** What we made ends by our clock, to the second: here as at introspection. */
function unexpired(adapter: Adapter, model: string, clock: Clock): Adapter {
  if (!ofOurOwnClock.includes(model)) return adapter;
  const still = (payload: AdapterPayload | undefined | void) =>
    payload && (payload.exp ?? Infinity) > epochSeconds(clock) ? payload : undefined;
  return {
    ...adapter,
    find: async (id) => still(await adapter.find(id)),
    findByUid: async (uid) => still(await adapter.findByUid(uid)),
  };
}

function guarded(adapter: Adapter): Adapter {
  return {
    upsert: (...input) => throughStore(() => adapter.upsert(...input) as Promise<void>),
    find: (id) => throughStore(() => adapter.find(id) as Promise<AdapterPayload | undefined>),
    findByUid: (uid) => throughStore(() => adapter.findByUid(uid) as Promise<AdapterPayload | undefined>),
    findByUserCode: (code) =>
      throughStore(() => adapter.findByUserCode(code) as Promise<AdapterPayload | undefined>),
    consume: (id) => throughStore(() => adapter.consume(id) as Promise<void>),
    destroy: (id) => throughStore(() => adapter.destroy(id) as Promise<void>),
    revokeByGrantId: (id) => throughStore(() => adapter.revokeByGrantId(id) as Promise<void>),
  };
}
