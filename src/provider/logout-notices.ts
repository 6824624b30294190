import type { Provider } from './provider-route.js';

/** Sends what was prepared; nobody waits for the apps. */
export type SendNotices = () => void;

interface Told {
  readonly client: { backchannelLogout(accountId: string, sid: string): Promise<void> };
  readonly accountId: string;
  readonly sid: string;
}

/**
 * OpenID Connect Back-Channel Logout 1.0 §2.3: whoever signed in by one of these sessions is told when it is over. To be
 * prepared while the sessions are alive, and sent when they have ended. An app whose metadata are refused (they may be
 * older than a rule) keeps nobody from signing out: it is not told.
 * @param failed called for an app that could not be told
 */
export async function logoutNotices(
  provider: Provider,
  sessionUids: readonly string[],
  failed: (error: unknown) => void,
): Promise<SendNotices> {
  const all = await Promise.all(sessionUids.map((uid) => appsOf(provider, uid, failed)));
  return () => {
    for (const { client, accountId, sid } of all.flat()) {
      client.backchannelLogout(accountId, sid).catch(failed);
    }
  };
}

async function appsOf(provider: Provider, uid: string, failed: (error: unknown) => void): Promise<Told[]> {
  const session = await provider.Session.findByUid(uid);
  if (session?.accountId === undefined) return [];
  const { accountId } = session;
  const apps = await Promise.all(
    Object.entries(session.authorizations ?? {}).map(async ([clientId, { sid }]) => {
      const client = await provider.Client.find(clientId).catch(failed);
      const wants = client?.backchannelLogoutUri !== undefined && sid !== undefined;
      return wants ? { client: client as unknown as Told['client'], accountId, sid } : undefined;
    }),
  );
  return apps.filter((app) => app !== undefined);
}
