import type { KoaContextWithOIDC } from 'oidc-provider';
import type { BoundSessionStore } from './bound-session-store.js';
import { throughStore } from './provider-error.js';

/** What an ID token says of the device that the login is on. */
export type DeviceClaims = (ctx: KoaContextWithOIDC) => Promise<Readonly<Record<string, unknown>>>;

/**
 * The key that holds the session here, for a client whose own session is to be held by it (DBSC §3.3, docs/DBSC.md). It is the same
 * at every client and tells the device again, so none hears of it that did not ask for it.
 */
export function deviceClaims(
  issuer: string,
  boundSessions: Pick<BoundSessionStore, 'findOfSession'>,
): DeviceClaims {
  const provider_url = new URL(issuer).origin;
  return async ({ oidc }) => {
    const { AuthorizationCode: code } = oidc.entities;
    const uid = code?.sessionUid;
    if (uid === undefined || oidc.client?.['device_bound_session_sharing'] !== true) return {};
    const bound = await throughStore(() => boundSessions.findOfSession(uid));
    if (!bound) return {};
    const { id: provider_session_id, thumbprint: provider_key } = bound;
    return { device_bound_session: { provider_key, provider_session_id, provider_url } };
  };
}
