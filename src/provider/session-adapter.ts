import { Provider, type Adapter, type AdapterPayload, type KoaContextWithOIDC } from 'oidc-provider';
import type { CircumstancesSource } from '../accounts/circumstances.js';
import { epochSeconds, type Clock } from '../lib/clock.js';
import { sha256 } from '../lib/hashing.js';
import { lastingBrowser } from './known-browser-cookie.js';
import { openState, sealState } from './sealed-artifact.js';
import type { SessionDevices } from './session-device.js';
import type { SessionLimits, SessionRecord, SessionStore } from './session-store.js';

export interface SessionPorts {
  readonly sessions: SessionStore;
  readonly clock: Clock;
  readonly circumstances: CircumstancesSource;
  readonly limits: SessionLimits;
  /** What the account knows a browser by that has shown this of itself. */
  readonly browserKey: (token: string, accountId: string) => string | undefined;
  readonly sessionDevices: Pick<SessionDevices, 'presented' | 'note' | 'noteLogin'>;
}

/** oidc-provider's sessions; the id in the cookie is kept by digest, its uid in clear. */
export function sessionAdapter(ports: SessionPorts, sealingKey: Uint8Array): Partial<Adapter> {
  const { sessions, clock, circumstances, limits, sessionDevices } = ports;
  const use = () => ({ at: new Date(clock.now()), ...circumstances() });
  const restore = async (
    session: SessionRecord | undefined,
    id?: string,
  ): Promise<AdapterPayload | undefined> =>
    session && {
      ...(await openState(sealingKey, session.payload)),
      ...(id === undefined ? {} : { jti: id }),
    };
  return {
    async upsert(id, payload) {
      const { jti: _jti, replacedId, ...rest } = payload;
      const session = {
        uid: payload.uid as string,
        digest: sha256(id),
        accountId: payload.accountId,
        expiresAt: payload.exp ?? epochSeconds(clock),
        payload: await sealState(sealingKey, rest),
      };
      const { loginTs } = payload;
      await sessions.save(session, {
        ...use(),
        signedInAt: loginTs === undefined ? undefined : new Date(loginTs * 1000),
        accountGeneration: verifiedGeneration(),
        browserKey: browserOf(payload.accountId, ports.browserKey),
        replaces: typeof replacedId === 'string' ? sha256(replacedId) : undefined,
      });
    },
    async find(id) {
      const boundTo = sessionDevices.presented()?.sessionId;
      const found = await sessions.findByDigest(sha256(id), { ...use(), ...limits, boundTo });
      if (found?.binding) sessionDevices.note(found.binding);
      const restored = await restore(found, id);
      if (restored?.loginTs !== undefined) sessionDevices.noteLogin(restored.loginTs);
      return restored;
    },
    findByUid: async (uid) => restore(await sessions.findByUid(uid)),
    destroy: async (id) => void (await sessions.endByDigest(sha256(id), new Date(clock.now()))),
  };
}

function browserOf(
  accountId: string | undefined,
  browserKey: SessionPorts['browserKey'],
): string | undefined {
  const ctx = Provider.ctx as KoaContextWithOIDC | undefined;
  const token = ctx && lastingBrowser(ctx);
  return token === undefined || accountId === undefined ? undefined : browserKey(token, accountId);
}

/** Law 3: a login that was verified before a revocation must not make a session after it. None: fails closed. */
function verifiedGeneration(): number | undefined {
  const login = (Provider.ctx as KoaContextWithOIDC | undefined)?.oidc.result?.login;
  if (login === undefined) return undefined;
  const { accountGeneration } = login;
  return typeof accountGeneration === 'number' ? accountGeneration : -1;
}
